// Package setup links a practitioner's Heidi account to Carryover: through a page
// on this machine that cannot be guessed, lives for minutes, and sends the
// practitioner's browser on to Heidi, whose own address is never shown.
package setup
