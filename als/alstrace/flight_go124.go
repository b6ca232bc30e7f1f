//go:build !go1.25

package alstrace

// startFlight returns an error: this release of Go has no flight recorder.
func startFlight(Options) (flight, error) { return nil, ErrUnsupported }
