package alarm

// A Kind says what the matter is. It is one of a closed list, so that it can be
// stored, counted and sent without a name.
type Kind string

// The kinds. Sentence says what each means, NextStep what helps.
const (
	PollSilent      Kind = "poll_silent"
	LinkGone        Kind = "link_gone"
	KeyRefused      Kind = "key_refused"
	WrongAuthor     Kind = "wrong_author"
	LinksSwapped    Kind = "links_swapped"
	RetentionNear   Kind = "retention_near"
	SessionVanished Kind = "session_vanished"
	HeldLong        Kind = "held_long"
	Refused         Kind = "refused"
	MaybeWrongFile  Kind = "maybe_wrong_file"
	NotProven       Kind = "not_proven"
	DuplicateNote   Kind = "duplicate_note"
	RemoveByHand    Kind = "remove_by_hand"
	BringBackByHand Kind = "bring_back_by_hand"
	ImpossibleState Kind = "impossible_state"
	DiskFull        Kind = "disk_full"
	ClockOff        Kind = "clock_off"
	RateStarved     Kind = "rate_starved"
	AuditBroken     Kind = "audit_broken"
	RestoredLedger  Kind = "restored_ledger"
	LeftBehind      Kind = "left_behind"
	DecideAgain     Kind = "decide_again"
	LedElsewhere    Kind = "led_elsewhere"
	BalanceOff      Kind = "balance_off"
	DiskLow         Kind = "disk_low"
	MessagesUnsent  Kind = "messages_unsent"
)

// Kinds lists every kind.
var Kinds = []Kind{
	PollSilent, LinkGone, KeyRefused, WrongAuthor, LinksSwapped, RetentionNear, SessionVanished, HeldLong, Refused,
	MaybeWrongFile, NotProven, DuplicateNote, RemoveByHand, BringBackByHand, ImpossibleState, DiskFull, ClockOff, RateStarved, AuditBroken, RestoredLedger, LeftBehind, DecideAgain, LedElsewhere,
	BalanceOff, DiskLow, MessagesUnsent,
}

// words are what whoever is told reads: what is the matter, and what helps.
var words = map[Kind]struct{ sentence, nextStep string }{
	PollSilent: {
		"Heidi has not answered for a while, so new documents are not seen.",
		"Check the internet connection. Nothing is lost: Carryover goes on by itself when Heidi answers.",
	},
	LinkGone: {
		"Heidi no longer lets Carryover see this practitioner's sessions.",
		"Link the practitioner's account again: `carryover link P`. It goes on by itself when the link is there.",
	},
	KeyRefused: {
		"Cliniko does not accept this practitioner's API key. Nothing is filed for them.",
		"Have the practitioner make a new key in Cliniko under My info, put it in the key file, and restart `carryover run`. Then `carryover resume --practitioner P` lets their notes go on.",
	},
	WrongAuthor: {
		"A Cliniko key belongs to another practitioner than the configuration says. Nothing is filed for them.",
		"Compare the practitioners and their key files in the configuration, then restart `carryover run`: it checks whose each key is.",
	},
	LinksSwapped: {
		"Two practitioners' links to Heidi look swapped: each one's sessions fit the other one's diary.",
		"Check the e-mail addresses and ids of both in the configuration, and link them again.",
	},
	RetentionNear: {
		"A document that is not filed will soon be deleted in Heidi. Carryover keeps a sealed copy.",
		"Decide about it now: `carryover held` lists it.",
	},
	SessionVanished: {
		"A session disappeared from Heidi while one of its documents was not filed. Carryover keeps a sealed copy.",
		"See whether somebody deleted it on purpose, then release or dismiss its documents: `carryover held` lists them.",
	},
	HeldLong: {
		"A document has waited for a person for more than a day.",
		"Look at it with `carryover held`, then release or dismiss it.",
	},
	Refused: {
		"Cliniko will not take a document as it is.",
		"Look at it with `carryover show ID`, copy it by hand if it is urgent, then retry or dismiss it.",
	},
	MaybeWrongFile: {
		"The patient's details in Heidi changed after a document was filed. It may be in the wrong file.",
		"Look at the note in Cliniko now. If it is another patient's: `carryover move ID --patient N` takes it out and files it to the right one.",
	},
	NotProven: {
		"What was filed does not hold every word of its document, or is not where it should be.",
		"Look at it in Cliniko now and compare it with the document in Heidi.",
	},
	DuplicateNote: {
		"The same document is in Cliniko twice. Nothing more is filed for this practitioner.",
		"Look at both in Cliniko, and archive one of them there. Then `carryover resume --practitioner P` lets their notes go on.",
	},
	RemoveByHand: {
		"A note or attachment that does not belong where it is was not archived, because somebody worked on it or Cliniko would not.",
		"Open it in Cliniko and remove it by hand. This message goes away when it is gone.",
	},
	BringBackByHand: {
		"A note was archived while somebody worked on it, and Cliniko did not let it be brought back.",
		"Unarchive it in Cliniko: somebody's words are in it. If it may stay archived, `carryover undo ID` once more says so.",
	},
	ImpossibleState: {
		"The ledger and Cliniko say things that cannot both be true. Nothing is filed for this practitioner.",
		"Keep the data folder as it is and report it; `carryover show ID` prints the facts without names.",
	},
	DiskFull: {
		"The disk is full, so nothing can be recorded and nothing is filed.",
		"Make room on the disk. Nothing is lost, and Carryover goes on by itself.",
	},
	ClockOff: {
		"This machine's clock differs from Cliniko's by more than two minutes. Nothing is filed.",
		"Set the clock, best by switching on time synchronisation (timedatectl set-ntp true). Carryover goes on by itself.",
	},
	RateStarved: {
		"Another program uses up this practitioner's requests to Cliniko, so filing is slow.",
		"Find the other program that uses the same Cliniko user, and give one of the two a user of its own.",
	},
	AuditBroken: {
		"The record of who did what was altered or cut short.",
		"Keep the data folder as it is, compare it with a backup, and tell whoever answers for privacy.",
	},
	BalanceOff: {
		"The day's balance does not add up: a document that Heidi showed is in none of the places where it could be, or a practitioner who normally has some has none.",
		"See `carryover status` and the page Balance, and look in Heidi whether anything is missing.",
	},
	DiskLow: {
		"The disk is nearly full. When it is full, nothing can be recorded and nothing is filed.",
		"Make room on the disk that holds the data folder now. Carryover itself needs little.",
	},
	MessagesUnsent: {
		"Messages about alarms do not go out, so nobody is told unless they look here.",
		"Check the alarms block of the configuration: server, port, user, password or token, and the log of `carryover run`, which says what the server answered. Then restart it: it tries again at once.",
	},
	LeftBehind: {
		"Notes are on their way, or to be removed, for a practitioner who is not in the configuration any more, so nobody can look whether they arrived or are gone.",
		"Put the practitioner back until `carryover status` shows nothing in doubt, filed or to be removed for them.",
	},
	RestoredLedger: {
		"The ledger was put back from a backup. What people decided after the backup was made is not in it: releases, dismissals, undos, moves and pauses.",
		"See with `carryover status` from when on. Pause again whom somebody had paused since, and look at `carryover held`: what was filed since is not filed again.",
	},
	LedElsewhere: {
		"Requests to Heidi or Cliniko have been led elsewhere for a while (a redirect, or an address that is not theirs), so nothing is filed for this practitioner.",
		"Check the network: a sign-in page, a proxy or a filter may stand in between. Carryover follows none of them, and goes on by itself.",
	},
	DecideAgain: {
		"When the backup was made, a filing was to be taken back, or moved. Since the restore nothing is done about it.",
		"See with `carryover show ID` what has become of it, then decide again: `carryover undo ID`, `carryover move ID --patient N`, or `carryover undo ID --call-off`.",
	},
}

// Sentence says what is the matter; "" for a kind outside the list.
func (k Kind) Sentence() string { return words[k].sentence }

// NextStep says what helps.
func (k Kind) NextStep() string { return words[k].nextStep }

// stops are the kinds that keep documents from being seen or filed, for one
// practitioner or for all.
var stops = map[Kind]bool{
	PollSilent: true, LinkGone: true, KeyRefused: true, WrongAuthor: true, LinksSwapped: true, DuplicateNote: true,
	ImpossibleState: true, DiskFull: true, ClockOff: true, AuditBroken: true,
}

// Stops says that while such an alarm is open, documents are not seen or notes
// not filed for somebody: no sign of life is given then.
func (k Kind) Stops() bool { return stops[k] }
