package sign

import (
	"strconv"
	"strings"
)

// agentOf names a browser and its system in words of a closed list, so that
// people recognise their own among their sessions. The header itself, which is
// anybody's text, is not kept.
func agentOf(userAgent string) string {
	browser := firstOf(userAgent, "a browser", [][2]string{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	})
	system := firstOf(userAgent, "", [][2]string{
		{"iPhone", "an iPhone"},
		{"iPad", "an iPad"},
		{"Android", "Android"},
		{"Windows", "Windows"},
		{"CrOS", "ChromeOS"},
		{"Mac OS X", "a Mac"},
		{"Linux", "Linux"},
	})
	if system == "" {
		return browser
	}
	return browser + " on " + system
}

// firstOf returns the name of the first mark that s holds.
func firstOf(s, otherwise string, marks [][2]string) string {
	for _, m := range marks {
		if strings.Contains(s, m[0]) {
			return m[1]
		}
	}
	return otherwise
}

// numberOf writes a count with its word: "1 minute", "2 minutes".
func numberOf(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}
