module github.com/seed-1938943e/goroutine/internal/table/linear

go 1.24.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/seed-1938943e/goroutine v0.0.0
)

require github.com/petermattis/goid v0.0.0-20260820044319-269ab09b5261 // indirect

replace github.com/seed-1938943e/goroutine => ../../..
