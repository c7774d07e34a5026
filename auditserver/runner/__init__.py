"""One small runner of our own: it starts the whole house, keeps it alive, and leaves nothing behind.

`leash` binds a process to the life of its parent, `members` says what is started and how, `household` keeps the
members alive and stops them in order, `lock` lets one household at a time live in a folder, `broker` knows the embedded
Valkey, `greeting` tells people where to go. `manage.py up` puts them together.
"""
