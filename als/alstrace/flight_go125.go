//go:build go1.25

package alstrace

import (
	"fmt"
	"runtime/trace"
)

// startFlight starts the program's flight recorder.
func startFlight(o Options) (flight, error) {
	fr := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: o.MinAge, MaxBytes: o.MaxBytes})
	if err := fr.Start(); err != nil {
		return nil, fmt.Errorf("alstrace: Start: %w (a program has at most one flight recorder)", err)
	}
	return fr, nil
}
