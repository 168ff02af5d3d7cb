package names

import _ "embed"

// builtin is the table of well-known services that stands in for a missing
// etc/services. It has that file's format and is parsed only when it is used.
//
//go:embed services.txt
var builtin string
