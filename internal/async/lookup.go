package async

import "unsafe"

// lookupSlow is the portable twin of Lookup: what the assembly jumps to when the
// answer is not where it usually is, the whole of Lookup where there is no
// assembly, and its oracle in tests.
func lookupSlow(k *Key) unsafe.Pointer {
	if t := k.Token(); t != 0 {
		if r := currentSlow(); r != nil {
			if c := r.find(t); c != nil {
				if store := c.store(t); store != nil {
					return store
				}
			}
		}
	}
	return nil
}
