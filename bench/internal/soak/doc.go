// Package soak runs random operations of the whole module in many goroutines at once,
// during profiles, traces and collections, and checks each read.
//
// Each goroutine keeps an account of the stores that it must find ([account]): frames
// on a stack for each storage, by the documentation and not by the engine. Another
// goroutine may end a store with RevokeOnEnd or call Disable. Counters change before
// and after that, so that only a read at the same time may find either result.
package soak
