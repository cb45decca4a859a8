"""Forms: the life of an answer — decode, settle, validate, render — pure and the same for every entrance.

May import `server.definitions`, `server.rules`, `server.documents` and `server.messages`. Start with `compile.compile_form`,
`settle.settle`, `validate.check_instance` and `render.render_page`.
"""
