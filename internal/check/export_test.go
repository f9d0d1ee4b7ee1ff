package check

// What only tests ask.
var (
	Here     = here
	RoomLeft = roomLeft
	Cert     = certificate
	Books    = books
)
