"""Configuration as files: folders and zip archives of documents.

May import the core; reads and writes files, nothing else.
Start with `folder.read_trees`, `folder.write_trees` and `archive.zip_documents`.
"""
