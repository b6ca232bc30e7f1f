// Package soak lets goroutines do everything that the module offers, at random and
// all at once, while profiles, traces and collections run, and checks each read.
//
// Each goroutine keeps an account of the stores that it must find ([account]). The
// account follows the documentation, not the engine: frames on a stack for each
// storage. What another goroutine may change meanwhile (the end of a store with
// RevokeOnEnd, Disable) has counters that are moved before and after, so that a
// read is judged strictly except while the change is in progress.
package soak
