// Package alsfield declares in one place which stores travel from process to process:
// their names, their forms and limits, and whether a stranger may set them.
//
//	var requestID = als.New(als.Options[string]{Name: "request ID"})
//
//	var fields = alsfield.NewSet(
//		alsfield.String("X-Request-Id", requestID, alsfield.FromStrangers()),
//		alsfield.String("X-Tenant", tenant, alsfield.MaxBytes(32)),
//	)
//
//	fields.Inject(header)                           // the sender
//	fields.Run(header, alsfield.Trusted, handle)    // the receiver
//
// # Words
//
// A field is a name, a storage and a form. A set is a list of fields. A carrier has
// Get and Set methods for named strings: an http.Header, a nats.Header, or a few
// lines around the headers of another message. Package alshttp and the module
// contrib/alsgrpc take a Set for both directions.
//
// # What is accepted
//
// A value from outside is accepted if its sender may set the field, it occurs once,
// it is no longer than the limit, it has only characters that the field allows, and
// its parse function accepts it. Any other value is dropped and counted ([Set.Drops]):
// the storage keeps its store, and the rest of the message is read as usual. No content
// of a carrier makes this package panic.
//
// Strangers may set no field unless it says [FromStrangers]: a tenant or a user must
// not be what an unknown client claims.
//
// # What is not promised
//
// A field is not signed or encrypted. Whether a sender is trusted is the receiver's
// decision. An empty value does not travel: most carriers cannot tell it from none.
package alsfield
