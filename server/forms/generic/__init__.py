"""Forms of schemas that nobody laid out: what a schema describes becomes fields, and what is answered becomes an instance.

Start with `form.generic_form`. A schema is flattened in `view`, laid out in `layout`, and `nodes` carries values both ways.
"""
