// Package sim runs whole clinic weeks in seconds: the daemon as it is, with its
// ledger on a disk, against both simulators, over connections in memory, in a
// bubble of testing/synctest in which time passes when nobody has anything to
// do. A seed decides everything that goes wrong, and the same seed goes wrong
// the same way again:
//
//	go test ./internal/sim -run Replay -seed 17 -v
//
// The parts: a World holds the clinic, its network and the lives of the daemon;
// Faults says what goes wrong and when; people do in Cliniko and Heidi what
// people do; the oracle reads nothing but the simulators' books and says which
// promise was broken; Sometimes counts which state met which misfortune, since
// a simulation that never gets into trouble proves nothing.
//
// What makes a run repeat, and what could spoil it:
//
//   - Nothing draws lots. Each decision is a hash of the seed, what it is about
//     and how often that came up, so that it does not depend on what else ran.
//   - No two activities wake at one instant, whose order the runtime would
//     choose. Every arrival on the network has a place of its own in a grid that
//     is coarser than the chance inside the clients' retries.
//   - crypto/rand is seeded by the test (testing/cryptotest). The chance that the
//     clients add to a wait comes from the moment.
//
// What is not simulated: a disk that is too full for more than the ledger (the
// audit chain's head lies beside it), resets of TCP (a cut connection is an end
// here; cliniko tests them on sockets), the guard, which speaks sockets, and the
// desk's socket.
//
// It is all test code, as the package internal/crash is: the harness that kills
// the daemon for real, where this one simulates.
package sim
