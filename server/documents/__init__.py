"""JSON documents as values: pointers, merge patches, canonical bytes, strict reading.

May import only the floor below. Start with `text.parse_document`, `pointer.resolve` and `canonical.content_id`.
"""
