// Package alslog adds stores to the records of log/slog: code that logs, in any
// goroutine, and knows nothing of a request, says which request it works for.
//
//	slog.SetDefault(slog.New(alslog.New(slog.NewTextHandler(os.Stderr, nil),
//		alslog.Attr("request", &requestID))))
//
//	requestID.Run("42", func() { slog.Info("begins") })   // ... msg=begins request=42
//
// [Attr] takes a storage of package als or a store of package als/alshttp. [Ambient]
// gives the handlers below the ambient context where a record has none, and [Level]
// logs one request at a level of its own.
//
// # Rules
//
// The stores are those of the goroutine that calls the logger, so this handler belongs
// outside of any that passes records on to another goroutine. A storage without a store
// adds no attribute, even if it has a Default.
//
// The attributes are at the top level of a record, after its own, also when a logger has
// opened a group. A search for request=42 thus finds the lines of all loggers, with and
// without groups. For this the handler opens no groups in the one that
// it wraps, but gives it group attributes; what a logger is given after WithGroup is
// therefore formatted with each record.
//
// An explicit attribute wins: a record that has the key at its top level already, or
// whose logger was given it by With, keeps its own. So does an explicit context, see
// Ambient.
//
// # What it costs
//
// For a record whose level is not enabled no attribute is read. For others the handler
// allocates nothing but what does not fit into a record (five attributes do), and in
// an open group the list of its attributes. [Ambient] and [Level] say what they cost.
package alslog
