module example.com/testdata

go 1.24.0

require (
	example.com/library v0.0.0
	github.com/alitto/pond v1.0.0
	github.com/alitto/pond/v2 v2.0.0
	github.com/bytedance/gopkg v0.0.0
	github.com/gammazero/workerpool v0.0.0
	github.com/gin-gonic/gin v1.0.0
	github.com/hashicorp/go-multierror v0.0.0
	github.com/oklog/run v0.0.0
	github.com/panjf2000/ants v1.0.0
	github.com/panjf2000/ants/v2 v2.0.0
	github.com/robfig/cron v1.0.0
	github.com/robfig/cron/v3 v3.0.0
	github.com/samber/lo v0.0.0
	github.com/seed-1938943e/goroutine v0.0.0
	github.com/sourcegraph/conc v0.0.0
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.0.0
	golang.org/x/sync v0.0.0
	golang.org/x/time v0.0.0
	gopkg.in/tomb.v2 v2.0.0
)

require github.com/petermattis/goid v0.0.0 // indirect

replace (
	example.com/library => ./stubs/library
	github.com/alitto/pond => ./stubs/pondv1
	github.com/alitto/pond/v2 => ./stubs/pond
	github.com/bytedance/gopkg => ./stubs/gopkg
	github.com/gammazero/workerpool => ./stubs/workerpool
	github.com/gin-gonic/gin => ./stubs/gin
	github.com/hashicorp/go-multierror => ./stubs/multierror
	github.com/oklog/run => ./stubs/run
	github.com/panjf2000/ants => ./stubs/antsv1
	github.com/panjf2000/ants/v2 => ./stubs/ants
	github.com/petermattis/goid => ./stubs/goid
	github.com/robfig/cron => ./stubs/cronv1
	github.com/robfig/cron/v3 => ./stubs/cron
	github.com/samber/lo => ./stubs/lo
	github.com/seed-1938943e/goroutine => ../../..
	github.com/sourcegraph/conc => ./stubs/conc
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp => ./stubs/otelhttp
	golang.org/x/sync => ./stubs/sync
	golang.org/x/time => ./stubs/time
	gopkg.in/tomb.v2 => ./stubs/tomb
)
