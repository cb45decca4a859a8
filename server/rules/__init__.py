"""Rules: CEL expressions over typed variables, derived facts and decision tables.

May import `server.documents` and the floor below.
Start with `expressions.compile_rule`, `facts.compile_facts` and `tables.compile_table`.
"""
