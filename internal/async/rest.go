//go:build !race

package async

// Busy and Rest are called where a layer begins and has ended. A record that holds
// nothing any more stays: the next store of its goroutine needs no other. See
// rest_race.go.
func (r *Record) Busy() {}

// Rest is described at Busy.
func (r *Record) Rest() {}

func (r *Record) restIfIdle() {}
