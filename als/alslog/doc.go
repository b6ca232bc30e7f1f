// Package alslog adds stores to the records of log/slog: each line says which request it
// belongs to, although the code that logs, in any goroutine, need not know.
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
// opened a group. So a search for request=42 finds the lines of all loggers, with and
// without groups. For that the handler passes groups to the next one as attributes.
// Attributes that a logger gets after WithGroup are therefore formatted with each record.
//
// An explicit attribute wins: a record that has the key at its top level already, or
// whose logger was given it by With, keeps its own. So does an explicit context, see
// Ambient.
//
// # What it costs
//
// For a record whose level is not enabled no attribute is read. Otherwise the handler
// allocates only for attributes that do not fit into the record (five do) and, in an
// open group, for the list of its attributes. [Ambient] and [Level] say what they cost.
package alslog
