package ops

import "context"

// The loops that read are functions that know the type and the variable, as in a
// program. In a generic function the same loop keeps more of its variables in
// memory. A read of a store then takes a third longer, and that of an interface from
// a context half again as long.

func alsReadInt(n int) {
	hits := 0
	for range n {
		if v, ok := alsInt.GetStore(); ok && v == intValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func alsReadPointer(n int) {
	hits := 0
	for range n {
		if v, ok := alsUser.GetStore(); ok && v == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func alsReadCollided(n int) {
	hits := 0
	for range n {
		if v, ok := alsCollided.GetStore(); ok && v == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func alsReadString(n int) {
	hits := 0
	for range n {
		if v, ok := alsString.GetStore(); ok && v == stringValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func alsReadInterface(n int) {
	hits := 0
	for range n {
		if v, ok := alsError.GetStore(); ok && v == errorValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func alsReadStruct(n int) {
	hits := 0
	for range n {
		if v, ok := alsStruct.GetStore(); ok && v == structValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func alsReadRevocable(n int) {
	hits := 0
	for range n {
		if v, ok := alsSecret.GetStore(); ok && v == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func ctxReadInt(ctx context.Context, n int) {
	hits := 0
	for range n {
		if v, ok := ctx.Value(ctxKey{}).(int); ok && v == intValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func ctxReadPointer(ctx context.Context, n int) {
	hits := 0
	for range n {
		if v, ok := ctx.Value(ctxKey{}).(*user); ok && v == alice {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func ctxReadString(ctx context.Context, n int) {
	hits := 0
	for range n {
		if v, ok := ctx.Value(ctxKey{}).(string); ok && v == stringValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func ctxReadInterface(ctx context.Context, n int) {
	hits := 0
	for range n {
		if v, ok := ctx.Value(ctxKey{}).(error); ok && v == errorValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}

func ctxReadStruct(ctx context.Context, n int) {
	hits := 0
	for range n {
		if v, ok := ctx.Value(ctxKey{}).([8]int); ok && v == structValue {
			hits++
		}
	}
	sink.Add(int64(hits))
}
