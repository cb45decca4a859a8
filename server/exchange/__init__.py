"""What crosses the border of an installation: bundles with their manifests, other formats and back.

Pure; may import documents, definitions, rules, overlays and forms. Start with `manifest.manifest_of` and `plan.plan_import`.
"""
