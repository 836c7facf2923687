"""A RxNorm release as an index of codes: reading it, building the index, looking codes up.

`model`, `ndc`, `layout`, `rows`, `relations`, `contents` and `tables` are pure; `source` reads the
release, `index`, `build` and `opening` the SQLite file.
"""
