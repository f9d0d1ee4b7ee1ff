package pdf

import _ "embed" // the licence is part of the binary, as the fonts are

// FontLicence is the licence of the fonts, which must be given with them.
//
//go:embed LICENSE-DejaVu.txt
var FontLicence string
