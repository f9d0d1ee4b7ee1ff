package web

import "carryover"

// helps say what a person does about a document that waits, on this page and in
// Heidi or Cliniko. The reasons' own advice names commands, which nobody at the
// front desk has.
var helps = map[carryover.Reason]string{
	carryover.NoEvidence:      "Write the patient’s name and birth date into the session in Heidi: Carryover looks again by itself. Or choose the patient below.",
	carryover.NoCandidate:     "Compare the spelling in Heidi, or add a patient who is new to Cliniko: Carryover looks again by itself. Or search below.",
	carryover.OneClue:         "Complete the name and birth date in Heidi or in Cliniko: Carryover looks again by itself. Or choose the patient below.",
	carryover.Contradiction:   "See below which detail differs. If it is a slip, correct it in Heidi or in Cliniko: Carryover looks again by itself. Or choose the patient.",
	carryover.Rivals:          "Ask who was in the room, and choose that patient. One person with two records should be merged in Cliniko; Carryover then looks again by itself.",
	carryover.PatientArchived: "If it is the right person, unarchive the record in Cliniko: Carryover looks again by itself. Or choose another record.",
	carryover.NextPatient:     "The recording began when the next appointment was due. Ask the practitioner who was in the room, then choose that patient.",
	carryover.ContentClash:    "Read the document: whose name is in it? If the session’s patient is wrong, correct it in Heidi: Carryover looks again by itself. Or choose the patient.",
	carryover.SeveralPeople:   "Ask the practitioner who was in the room, then choose that patient.",
	carryover.UnreadBirthDate: "Write the birth date in Heidi as day, month and four digits of the year: Carryover looks again by itself. Or choose the patient.",
	carryover.WhoseSession:    "Ask whose session it was. Then choose the practitioner and the patient.",
	carryover.PatientChanged:  "Open the record in Cliniko. If it is still the right person, file it there.",
	carryover.LaterVersion:    "File the new text as a further draft in the same file, or leave it out. The note that is there stays as it is.",
	carryover.EvidenceChanged: "Look at the note in Cliniko. If it is in the right file, leave this one out. If not, move it to the right patient below.",
	carryover.DeletedInHeidi:  "Ask the practitioner whether that was meant. File the text that was kept, or leave it out.",
	carryover.TextGone:        "If somebody has the text, use Paste a document. Then end the matter here.",
	carryover.AlreadyPasted:   "Look at that note in Cliniko. If it is in the right file, leave this one out. If not, file this one.",
	carryover.EarlierNote:     "Look at that note in Cliniko. File this one as well, or leave it out.",
	carryover.StillInDoubt:    "Look for the note in the patient’s file in Cliniko. If it is there, leave this one out. If not, file it.",
	carryover.SettleConflict:  "Look at the note in Cliniko. If it is right as it is, leave this one out. If not, archive it there and file this one.",
	carryover.NotProven:       "Look at the note in Cliniko now. Take it back below if it is wrong, end the matter here if it is right, or have it read once more.",
	carryover.ReviewMode:      "Read it. If all is well, file it.",
	carryover.ClinikoRefused:  "Check in Cliniko that the practitioner may write notes and that the patient’s record is open, then try again. Or copy it by hand, then leave it out here.",
	carryover.CannotMove:      "Neither Heidi nor Cliniko still has the words, so the note stays where it is. Take it back below, copy it by hand, or leave it out.",
	carryover.NoSuchRecord:    "Cliniko has no such record in use any more, so nothing was touched. Look for the patient’s record in Cliniko, then move it there below. Or let it stay.",
	carryover.RemoveByHand:    "Open the note in Cliniko and remove it by hand: somebody has worked on it, so Carryover leaves it alone. This goes away when it is gone. Or let it stay after all.",
	carryover.TakenBack:       "Decide whether this one belongs in Cliniko. File it to the right patient, or leave it out.",
	carryover.CannotRender:    "Copy it from Heidi into Cliniko by hand, then leave it out here.",
}

func helpFor(reason string) string { return helps[carryover.Reason(reason)] }
