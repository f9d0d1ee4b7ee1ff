// Package clinic is a whole simulated clinic: its people, its diary, a day of
// recorded sessions with their documents, and the truth about all of them.
//
// [Generate] makes one from a seed, [Load] reads one from files, and [Start]
// puts both simulators and the control interface on real loopback sockets. The
// truth ([Clinic.Truth]) is told from the simulators' own books alone: which
// document belongs to whom, which note carries which document, and what went
// wrong. Nothing in it comes from the program under test.
//
// Everybody in a generated clinic is invented and is meant to look so.
package clinic
