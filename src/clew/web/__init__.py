"""The web: pages on which a council, an auditor or a citizen sees what was promised, found, decided, and can check it.

One Django app for each room of the core (`record`, `case`, `pilot`, `evaluate`, `gate`), `govern` for people, `work`
for what takes long, `api` for programs. Views are thin: they ask the core through `clew.web.desk`, which loads,
decides, appends and updates the read tables in one transaction. Begin with `desk.py` and `settings.py`.
"""
