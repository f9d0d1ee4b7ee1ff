package pipeline_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// The delivery protocol line by line, each with the tests that fail without it.
// Whoever changes a line finds here what watches it; whoever adds one adds its
// test. A test is named with its package where that is another than this.

// A clause is one promise of the protocol.
type clause struct {
	says  string
	tests string // names, parted by blanks
}

// A protocolStep is one step with its clauses, in the order in which they happen.
type protocolStep struct {
	name    string
	clauses []clause
}

var protocol = []protocolStep{
	{"0. read again", []clause{
		{"session and documents are read again; changed evidence or text is matched anew", "TestHeidiIsReadAgain TestLongRound"},
		{"a document that is gone while its session answers is held", "TestHeidiIsReadAgain TestHoldLiftedByRace"},
		{"a session that is gone goes on from the sealed text", "TestHeidiIsReadAgain TestSessionGoneBeforeItRipened"},
		{"the patient is read again: archived or altered is matched anew", "TestPatientIsReadAgain"},
		{"a merged patient is the survivor, whose name and birth date still agree", "TestPatientIsReadAgain TestMergedIntoAnotherName"},
		{"nothing is sent on what was read before a long wait", "TestWaitForATurnIsNoReasonToTrust TestOldRoundReadsPatientsAgain cliniko.TestReservedTurnIsKept"},
		{"a release of what has changed is refused", "desk.TestReleaseOnlyWhatWasShown TestReleaseAfterPatientChanged"},
	}},
	{"1. look first", []clause{
		{"all patients, archived notes too, every page", "TestLooksEverywhere cliniko.TestNotesReadsEveryPage"},
		{"since the session began, less a day", "TestPastedTheDayBefore"},
		{"of the author alone", "cliniko.TestNotesKeepsTheAuthorsOwn TestWhatElseIsThere"},
		{"one list for an author and a round, and no older one", "TestOneListServesARound TestNoOlderListIsUsed"},
		{"what the round itself has sent is there", "TestSameWordsInOneRound"},
		{"our full reference is adopted by the rules of settling", "TestFreshLedgerFilesNothingTwice TestFreshLedgerDoesNotAdoptAnothersWork TestFreshLedgerRecognisesFiles TestLooksEverywhere"},
		{"its first part alone is held", "TestOtherVersionThereIsHeld TestOtherDestinationIsFound"},
		{"the same words without a reference are held", "TestPastedByHandIsHeld"},
	}},
	{"2. intent", []clause{
		{"on record before the POST, with all that a restart needs", "TestIntentIsOnRecordBeforeThePost crash.TestKilledAtEveryPoint"},
		{"in one transaction", "TestIntentIsWholeOrNothing"},
		{"only of what still stands: not paused, not moved, not replaced", "TestPauseStopsAllWrites TestHoldLiftedByRace TestReleasedElsewhereDuringRace"},
	}},
	{"3. post", []clause{
		{"once, also on a connection that the server closes", "cliniko.TestNeverSentTwice guard.TestFreshTransportNeverSendsTwice TestOnceWhateverTheAnswer"},
		{"on a fresh connection, which is not kept", "guard.TestFreshTransportNeverSendsTwice guard.TestTLS cliniko.TestFileRequest cliniko.TestAttachRequest"},
		{"without a replayable body or a key that net/http would resend", "cliniko.TestRequestCannotBeReplayed guard.TestReplayableWritesAreRefused guard.TestStandardTransportWouldSendTwice"},
		{"with a deadline", "cliniko.TestFileKeepsItsDeadline"},
		{"whole content, draft and title always", "cliniko.TestFileRequest"},
	}},
	{"4. classify", []clause{
		{"done is a success with a readable id", "cliniko.TestEveryAnswerToAWrite cliniko.TestEveryAnswerToAttach cliniko.TestFileEcho"},
		{"not done is one of six statuses, said plainly and wholly", "cliniko.TestRefusalsAreWholeOrDoubted"},
		{"or that no connection was ever obtained", "cliniko.TestNoConnection"},
		{"all else is in doubt", "cliniko.TestNoOtherStatusRefuses cliniko.TestEveryAnswerToAWrite TestAnswerDecidesTheState"},
		{"a refused key pauses its practitioner, with one alarm", "TestRefusedKeyStopsItsAuthor TestRefusedKeyGoesOn"},
		{"a limit is waited for", "TestLimitIsWaitedFor"},
		{"a stop in the middle of a request loses nothing", "TestStopInMidRequest cliniko.TestCancelledAfterTheRequestLeft"},
	}},
	{"5. settle", []clause{
		{"after the grace period, by this process's own clock", "TestNothingIsSentWithinTheGracePeriod TestGraceIsNotTheWallClocks TestListingOlderThanTheGrace"},
		{"which begins with the process at the earliest", "TestGraceIsNotTheWallClocks TestGraceBeginsAgainWithTheProcess"},
		{"adopted: one live note, by our author, in the record or its survivor, since the intent, in our words", "TestAdoptedOnlyIfOurs TestAdoptOnlyWhatWasSent TestFileIsAdoptedOnlyAsItWasSent"},
		{"absent: nothing there since the intent is unexplained", "TestWhatElseIsThere TestUnexplainedFileIsHeld TestTwoInDoubtInOneFile TestMergedAndEditedInDoubt"},
		{"by a whole listing alone", "TestNoListNoAbsence cliniko.TestNotesFailsAsAWhole cliniko.TestAttachmentsAreCompleteOrAnError"},
		{"twice in doubt is held, and both are shown", "TestBothDoubtsAreShown TestFileOnceWhateverTheAnswer"},
	}},
	{"6. prove", []clause{
		{"words, record, author, draft", "TestProofWantsAll TestProofOfAFileWantsAll"},
		{"in a listing, within the grace period", "TestProofNeedsAListing TestFileInTheQueue"},
		{"lost words are told of, and the route uses fewer tags", "TestLostWordsProven TestMinimalAfterDamage TestFileThatDiffersIsTold"},
	}},
	{"and besides", []clause{
		{"nothing is written while the clocks disagree", "TestNothingIsSentByAWrongClock TestClockIsLookedAtBeforeEachNote TestWrongClockStillSettles"},
		{"a restored ledger waits one grace period", "TestRestoredLedgerWaits daemon.TestRestoredLedgerFilesNothingTwice"},
		{"two live notes of one reference are told of and stop their author", "TestSweepTellsOfDoubles TestSweepFindsDoubledFiles TestSweepReachesTwoWeeks"},
		{"so is one that comes after it was found absent", "TestLateEffectOfAnOldVersion TestLateEffectIsFoundBySomebody"},
		{"a restart doubts what was being sent", "TestRestartDoubtsWhatWasBeingSent TestCrashWhileSending TestCrashWhileAttaching TestAnswerNotRecorded"},
		{"what cannot be stops its author and is told", "TestLedgerThatContradictsItself TestDoubtThatCannotBeSettled TestDamagedRow"},
		{"one writer for a ledger", "daemon.TestSecondDaemonIsRefused"},
		{"uploads may be repeated, the record's POST may not", "TestUploadsMayBeRepeated TestFileOnceWhateverTheAnswer"},
	}},
}

// TestEveryClauseHasItsTests: the tests that the protocol names exist.
func TestEveryClauseHasItsTests(t *testing.T) {
	t.Parallel()
	folders := map[string]string{
		"pipeline": ".", "cliniko": "../cliniko", "guard": "../internal/guard",
		"desk": "../internal/desk", "daemon": "../internal/daemon", "crash": "../internal/crash",
	}
	known := map[string]bool{}
	for pkg, folder := range folders {
		for _, name := range testsIn(t, folder) {
			known[pkg+"."+name] = true
		}
	}
	for _, s := range protocol {
		for _, c := range s.clauses {
			tests := strings.Fields(c.tests)
			if len(tests) == 0 {
				t.Errorf("%s: %q has no test", s.name, c.says)
			}
			for _, name := range tests {
				if !strings.Contains(name, ".") {
					name = "pipeline." + name
				}
				if !known[name] {
					t.Errorf("%s: %q is said to be watched by %s, which does not exist", s.name, c.says, name)
				}
			}
		}
	}
}

// testsIn returns the names of a folder's tests, read from its files.
func testsIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no test files in %s: %v", folder, err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
