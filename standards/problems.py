"""The catalogue of problems of checklists, briefs and schemes. Codes are never reused."""

from chains.problems import Kind

NOT_A_DRAFT = Kind("not-a-draft", "A published version never changes; make a new draft from it.")
NOT_PUBLISHABLE = Kind("not-publishable", "This cannot be published yet; `errors` lists every fault.")
IMPORT_REFUSED = Kind("import-refused", "Nothing was imported; `errors` lists every fault with its row.")
FILE_REFUSED = Kind("file-refused", "This file cannot be read safely.")
WRONG_STATE = Kind("wrong-state", "This version is not in a state that allows this.")
SCHEME_INVALID = Kind("scheme-invalid", "This scheme has faults; `errors` lists each by its path.")
