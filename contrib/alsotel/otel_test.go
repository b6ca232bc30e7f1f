package alsotel_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// early is a tracer from before any provider was set.
var early = otel.Tracer("early")

// recorded are the spans of all tests; each test looks at its own trace.
var recorded = tracetest.NewSpanRecorder()

var sdk = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorded))

// anyKey is the key of a value that is never read.
type anyKey struct{}

func TestMain(m *testing.M) {
	otel.SetTracerProvider(alsotel.TracerProvider(sdk))
	m.Run()
}

// parents returns the parent of each span of a trace by name, "" for the root.
func parents(id trace.TraceID) map[string]string {
	names := map[trace.SpanID]string{}
	var all []sdktrace.ReadOnlySpan
	for _, s := range recorded.Started() {
		if s.SpanContext().TraceID() == id {
			names[s.SpanContext().SpanID()] = s.Name()
			all = append(all, s)
		}
	}
	found := map[string]string{}
	for _, s := range all {
		found[s.Name()] = names[s.Parent().SpanID()]
	}
	return found
}

// library starts a span in the context that it is passed, and ends it.
func library(ctx context.Context, name string) {
	_, span := early.Start(ctx, name)
	span.End()
}

func TestSpansFindTheirParents(t *testing.T) {
	root := alsotel.Start("root")
	id := root.SpanContext().TraceID()
	require.Equal(t, root.Span, alsotel.Current())
	library(context.Background(), "background")
	done := make(chan struct{})
	als.Go(func() {
		defer close(done)
		defer alsotel.Start("goroutine").End()
		library(context.TODO(), "in the goroutine")
	})
	<-done
	inner := alsotel.Start("inner")
	library(als.Context(), "ambient, explicitly")
	inner.End()
	library(context.WithValue(context.Background(), anyKey{}, 1), "with a value")
	root.End()
	library(context.Background(), "afterwards")

	assert.Equal(t, map[string]string{
		"root": "", "background": "root", "goroutine": "root", "in the goroutine": "goroutine",
		"inner": "root", "ambient, explicitly": "inner", "with a value": "root",
	}, parents(id), "and not the span afterwards")
	assert.False(t, alsotel.Current().SpanContext().IsValid())
}

func TestAnExplicitSpanWins(t *testing.T) {
	defer alsotel.Start("ambient").End()
	ambient := alsotel.Current().SpanContext().TraceID()

	remote := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, Remote: true})
	_, span := early.Start(trace.ContextWithRemoteSpanContext(context.Background(), remote), "remote's")
	assert.Equal(t, trace.TraceID{1}, span.SpanContext().TraceID(), "also one that is not sampled")
	span.End()

	_, span = early.Start(context.Background(), "new root", trace.WithNewRoot())
	assert.NotEqual(t, ambient, span.SpanContext().TraceID())
	span.End()

	ctx, cancel := context.WithCancel(baggageOf(t, "k", "v"))
	ctx, span = early.Start(ctx, "derived")
	assert.Equal(t, ambient, span.SpanContext().TraceID())
	assert.Equal(t, "v", baggage.FromContext(ctx).Member("k").Value(), "baggage stays")
	cancel()
	assert.Error(t, ctx.Err(), "cancellation stays")
	span.End()
}

func baggageOf(t *testing.T, key, value string) context.Context {
	member, err := baggage.NewMember(key, value)
	require.NoError(t, err)
	b, err := baggage.New(member)
	require.NoError(t, err)
	return baggage.ContextWithBaggage(context.Background(), b)
}

func TestBackgroundIsRoot(t *testing.T) {
	strict := alsotel.TracerProvider(sdk, alsotel.BackgroundIsRoot()).Tracer("strict")
	defer alsotel.Start("ambient").End()
	ambient := alsotel.Current().SpanContext().TraceID()
	_, span := strict.Start(context.Background(), "root of its own")
	assert.NotEqual(t, ambient, span.SpanContext().TraceID())
	_, span = strict.Start(context.TODO(), "not background")
	assert.Equal(t, ambient, span.SpanContext().TraceID())
	_, span = strict.Start(als.Context(), "ambient")
	assert.Equal(t, ambient, span.SpanContext().TraceID())
}

func TestUnsampledSpans(t *testing.T) {
	never := alsotel.TracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.NeverSample()))).Tracer("never")
	span := alsotel.StartFrom(never, "unsampled")
	defer span.End()
	require.True(t, span.SpanContext().IsValid())
	_, child := early.Start(context.Background(), "child")
	assert.Equal(t, span.SpanContext().TraceID(), child.SpanContext().TraceID())
	assert.False(t, child.SpanContext().IsSampled(), "the default sampler follows the parent")
}

func TestRecordingSpansAreNotWrapped(t *testing.T) {
	_, span := alsotel.TracerProvider(sdk).Tracer("t").Start(context.Background(), "x")
	defer span.End()
	_, ok := span.(sdktrace.ReadWriteSpan)
	assert.True(t, ok)
	assert.Same(t, sdk, span.TracerProvider())
}

// A consumer's span begins where a message arrives and may end on another goroutine.
func TestSpansEndOnOtherGoroutinesAndInAnyOrder(t *testing.T) {
	outer := alsotel.Start("outer")
	first, second := alsotel.Start("first"), alsotel.Start("second")
	seen, proceed := make(chan trace.Span), make(chan struct{})
	als.Go(func() {
		seen <- alsotel.Current()
		<-proceed
		seen <- alsotel.Current()
	})
	assert.Equal(t, second.Span, <-seen)
	testkit.InGoroutine(func() { first.End() })
	assert.Equal(t, second.Span, alsotel.Current(), "the innermost is still open")
	testkit.InGoroutine(func() { second.End() })
	assert.Equal(t, outer.Span, alsotel.Current())
	close(proceed)
	assert.Equal(t, outer.Span, <-seen, "also for a goroutine that captured it")
	second.End()
	alsotel.Span{}.End()
	outer.End()
	assert.False(t, alsotel.Current().SpanContext().IsValid())
}

func TestAConsumerLoopDoesNotGrow(t *testing.T) {
	root := alsotel.Start("loop")
	defer root.End()
	for range 1000 {
		span := alsotel.Start("message")
		testkit.InGoroutine(func() { span.End() })
	}
	assert.Equal(t, root.Span, alsotel.Current())
}

func TestPropagator(t *testing.T) {
	p := alsotel.Propagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	inject := func(ctx context.Context) propagation.MapCarrier {
		c := propagation.MapCarrier{}
		p.Inject(ctx, c)
		return c
	}
	assert.Empty(t, inject(context.Background()), "no ambient span")
	als.RunContext(baggageOf(t, "k", "ambient"), func() {
		defer alsotel.Start("ambient").End()
		ambient := alsotel.Current().SpanContext()
		c := inject(context.Background())
		assert.Contains(t, c["traceparent"], ambient.SpanID().String())
		assert.Equal(t, "k=ambient", c["baggage"])
		c = inject(baggageOf(t, "k", "explicit"))
		assert.Contains(t, c["traceparent"], ambient.SpanID().String())
		assert.Equal(t, "k=explicit", c["baggage"])

		explicit := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
		c = inject(trace.ContextWithSpanContext(context.Background(), explicit))
		assert.Contains(t, c["traceparent"], explicit.SpanID().String())
		assert.NotContains(t, c, "baggage", "a context with a span is not changed")
	})
	assert.ElementsMatch(t, []string{"traceparent", "tracestate", "baggage"}, p.Fields())
	ctx := p.Extract(context.Background(), propagation.MapCarrier{"traceparent": "00-01000000000000000000000000000000-0200000000000000-01"})
	assert.True(t, trace.SpanContextFromContext(ctx).IsRemote())
}

func TestSpanProcessor(t *testing.T) {
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(alsotel.SpanProcessor())).Tracer("library")
	_, outer := tracer.Start(context.Background(), "outer")
	assert.Equal(t, outer, alsotel.Current())
	_, inner := tracer.Start(context.Background(), "inner")
	assert.Equal(t, inner, alsotel.Current())
	outer.End() // not the innermost
	assert.Equal(t, inner, alsotel.Current())
	testkit.InGoroutine(func() { inner.End() })
	assert.False(t, alsotel.Current().SpanContext().IsValid())
}

func TestTheProcessorKeepsNoSpanThatNeverEnds(t *testing.T) {
	tracer := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(alsotel.SpanProcessor())).Tracer("library")
	type data struct{ bytes [1 << 10]byte }
	started := make(chan weak.Pointer[data])
	go func() { // the goroutine ends, the span does not
		d := new(data)
		tracer.Start(context.WithValue(context.Background(), anyKey{}, d), "forgotten")
		started <- weak.Make(d)
	}()
	testkit.Garbage(t, "the context of a span that never ended", <-started)
}

// 32 clients at once: each handler's spans are of its own request's trace.
func TestManyRequestsAtOnce(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer alsotel.Start("request").End()
		ids := make(chan trace.TraceID)
		als.Go(func() {
			defer alsotel.Start("work").End()
			ids <- alsotel.Current().SpanContext().TraceID()
		})
		if got := <-ids; got != alsotel.Current().SpanContext().TraceID() {
			http.Error(w, "another request's trace", http.StatusInternalServerError)
		}
	})
	server := httptest.NewServer(handler)
	defer server.Close()
	var all sync.WaitGroup
	for range 32 {
		all.Add(1)
		go func() {
			defer all.Done()
			for range 20 {
				res, err := http.Get(server.URL)
				if assert.NoError(t, err) {
					body, _ := io.ReadAll(res.Body)
					res.Body.Close()
					assert.Empty(t, string(body))
				}
			}
		}()
	}
	all.Wait()
}

func TestMisuse(t *testing.T) {
	for message, call := range map[string]func(){
		"alsotel: TracerProvider: tp is nil":        func() { alsotel.TracerProvider(nil) },
		"alsotel: TracerProvider: an option is nil": func() { alsotel.TracerProvider(sdk, nil) },
		"alsotel: Propagator: p is nil":             func() { alsotel.Propagator(nil) },
		"alsotel: StartFrom: tracer is nil":         func() { alsotel.StartFrom(nil, "x") },
	} {
		assert.PanicsWithValue(t, message, call)
	}
}
