"""The designers: pages in which administrators read, change, check and publish the documents of a service.

May import everything of `server` below the programs; `server` imports it only where the program is put together.
"""
