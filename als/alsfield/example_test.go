package alsfield_test

import (
	"fmt"
	"net/http"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
)

var (
	requestID = als.New(als.Options[string]{Name: "request ID"})
	tenant    = als.New(als.Options[string]{Name: "tenant"})

	fields = alsfield.NewSet(
		alsfield.String("X-Request-Id", requestID, alsfield.FromStrangers()),
		alsfield.String("X-Tenant", tenant, alsfield.MaxBytes(32)),
	)
)

// How do stores travel to another process?
func ExampleSet_Inject() {
	header := http.Header{} // of a request, or a message of NATS or Kafka
	requestID.Run("r-42", func() {
		tenant.Run("acme", func() { fields.Inject(header) })
	})
	fmt.Println(header)
	// Output: map[X-Request-Id:[r-42] X-Tenant:[acme]]
}

// How does a receiver take them, beginning without stores of its own?
func ExampleSet_Run() {
	header := http.Header{"X-Request-Id": {"r-42"}, "X-Tenant": {"acme"}}
	handle := func() { fmt.Printf("%s of %q\n", requestID.Get(), tenant.Get()) }

	als.ExecutionContext{}.Run(func() { fields.Run(header, alsfield.Trusted, handle) })
	als.ExecutionContext{}.Run(func() { fields.Run(header, alsfield.Stranger, handle) })
	fmt.Println(fields.Drops("X-Tenant").Stranger, "tenant of a stranger dropped")
	// Output:
	// r-42 of "acme"
	// r-42 of ""
	// 1 tenant of a stranger dropped
}

// How is a carrier of another kind made? With two methods.
type attributes map[string]*struct{ StringValue *string } // as of an SQS message

func (a attributes) Get(name string) string {
	if v := a[name]; v != nil && v.StringValue != nil {
		return *v.StringValue
	}
	return ""
}

func (a attributes) Set(name, value string) { a[name] = &struct{ StringValue *string }{&value} }

func ExampleGetter() {
	message := attributes{}
	requestID.Run("r-43", func() { fields.Inject(message) })
	fields.Run(message, alsfield.Trusted, func() { fmt.Println(requestID.Get()) })
	// Output: r-43
}
