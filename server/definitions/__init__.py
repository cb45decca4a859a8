"""Frozen structs for every kind of document of a bundle: what authors write, typed.

May import `server.documents`, `server.rules` and the floors below. Start with `service.read_service`, `form.FormDefinition`
and `process.ProcessDefinition`. The meta-schemas in `form_schemas/meta/` are generated from these structs.
"""
