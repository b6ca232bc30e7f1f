//go:build go1.25

package goroutine

// Go 1.25 took ret out of gobuf and so moved g.goid by a word; 1.26 and 1.27
// kept it there. There is no upper fence: a release that moves it again fails
// the check at init, and the search takes over.
const knownGoidOffset = 152
