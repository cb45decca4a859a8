"""Forms of schemas that nobody laid out: what a schema describes becomes fields, and what is answered becomes an instance.

Start with `form.generic_form`: a schema is seen as one in `view` and laid out in `layout`; `nodes` and `leaves` carry values
into its fields and back.
"""
