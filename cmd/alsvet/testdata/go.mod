module example.com/testdata

go 1.24.0

require (
	example.com/library v0.0.0
	github.com/gin-gonic/gin v1.0.0
	github.com/panjf2000/ants/v2 v2.0.0
	github.com/seed-1938943e/goroutine v0.0.0
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.0.0
	golang.org/x/sync v0.0.0
)

require github.com/petermattis/goid v0.0.0 // indirect

replace (
	example.com/library => ./stubs/library
	github.com/gin-gonic/gin => ./stubs/gin
	github.com/panjf2000/ants/v2 => ./stubs/ants
	github.com/petermattis/goid => ./stubs/goid
	github.com/seed-1938943e/goroutine => ../../..
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp => ./stubs/otelhttp
	golang.org/x/sync => ./stubs/sync
)
