/*
 * The protocol of internal/table as a Promela model. README.md says what is in it, what
 * is not, and what run checks.
 *
 * An inline has the name of the Go function that it models. Every load, store, Add and
 * CompareAndSwap of the Go code on a shared word is one step here; what lies between two
 * braces of atomic is that one access and what the process does with its own variables.
 * BREAK_ switches undo one line each; "run" checks that spin finds every one.
 */

/* ---- Sizes and scenarios, from the command line ------------------------------------ */

#ifndef GS
#define GS 2            /* g's, each a process that runs goroutines one after another */
#endif
#ifndef LIVES
#define LIVES 2         /* goroutines on each g */
#endif
#ifndef LAST
#define LAST LIVES      /* on each g but the first */
#endif
#ifndef OPS
#define OPS 2           /* operations of each goroutine after its first store */
#endif
#ifndef SWEEPS
#define SWEEPS 1        /* sweeps while goroutines run; those after them have no limit */
#endif
#ifndef SWEEPERS
#define SWEEPERS 1
#endif
#ifndef OBSERVERS
#define OBSERVERS 0     /* processes that range over the table once, as gls.Table.All does */
#endif
#ifndef ARRAYS
#define ARRAYS 4        /* arrays that a run may publish: a process that needs one more stops */
#endif
#ifndef MAXSLOTS
#define MAXSLOTS 8      /* slots of the largest array */
#endif
#ifndef ENTRIES
#define ENTRIES 5       /* entries that a run may allocate, the tombstone included */
#endif

#ifndef SHARD
#define SHARD 4         /* shardSize, 256 in Go: 4 or 2 */
#endif
#define LIMIT (SHARD/2) /* shardLimit, 192 in Go: an empty slot is left to end a probe at */
#define MINSLOTS SHARD
#define IDS (GS*LIVES + 1)

/* Without a g (NOG) a probe starts where the ID says. All probes start in the last slot
 * of the smallest array, so that they collide and wrap around, and part in the next. */
#define KEY(x) (((x) & 1) -> SHARD-1 : 2*SHARD-1)
#ifdef NOG
#define HASH(e, id) KEY(id)
#define CALLER KEY(id)
#else
#define HASH(e, id) KEY(g_of[e])
#define CALLER KEY(me)
#endif

/* ---- What is shared ----------------------------------------------------------------- */

#define NONE 255        /* a nil *array */
#define NIL 0           /* an empty slot */
#define TOMB 1          /* the tombstone: entry 0 */
#define GONE 255        /* marks in owner */
#define CLAIMED 254
#define DOUBT 64        /* the bit inDoubt */
#define certain(o) ((o) < CLAIMED -> (o) & 63 : (o))

byte newest = NONE;
bool armed, doubting;

byte slot[ARRAYS*MAXSLOTS];     /* NIL, or an entry's number and 1 */
byte slots[ARRAYS];             /* how many an array has */
byte older[ARRAYS];
byte used[ARRAYS*(MAXSLOTS/SHARD)];            /* by shard */
bit moved[ARRAYS*(MAXSLOTS/SHARD)];
byte unmoved[ARRAYS];
byte cursor[ARRAYS];
byte arrays;                    /* how many have been published */

byte owner[ENTRIES];            /* an ID, maybe with DOUBT, or a mark */
byte g_of[ENTRIES];
byte value[ENTRIES];            /* of gls and async: the ID of the goroutine that stored it */
byte entries = 1;

/* What the runtime knows. A goroutine is alive from its start to its exit. One that is
 * alive and not in a census (finalizers, callbacks from C) is not working. */
bool working[IDS];

/* What only assertions read. */
byte running;                   /* processes of goroutines and observers */
bool steady[IDS];               /* has had its value without a break, see observer */

#define SLOT(a, pos) slot[(a)*MAXSLOTS + ((pos) & (slots[a]-1))]
#define SHARDS (MAXSLOTS/SHARD)
#define SHARDOF(a, pos) ((a)*SHARDS + ((pos) & (slots[a]-1))/SHARD)
#define NSHARDS(a) (slots[a]/SHARD)

/* swap is CompareAndSwap. */
#define swap(word, old, new, ok) \
	atomic { if :: word == (old) -> word = new; ok = true :: else -> ok = false fi }

/* The variables of a process; every inline uses its own ones. */
#define LOCALS \
	byte e_, i_, own_, there_, at_, a_, b_, k_, s_, n_, m_, h_, live_, tombs_; \
	bool ok_, isNew_, swapped_; \
	byte chain_[ARRAYS]; byte behind_[ARRAYS]

/* FORGET clears them after an operation, so that states do not differ in its leftovers. */
#define FORGET \
	d_step { \
		e_ = 0; i_ = 0; own_ = 0; there_ = 0; at_ = 0; a_ = 0; b_ = 0; k_ = 0; s_ = 0; n_ = 0; m_ = 0; \
		h_ = 0; live_ = 0; tombs_ = 0; ok_ = 0; isNew_ = 0; swapped_ = 0; \
		do :: k_ < ARRAYS -> chain_[k_] = 0; behind_[k_] = 0; k_++ :: else -> k_ = 0; break od \
	}

/* ---- array.go ------------------------------------------------------------------------ */

/* Entry.isOf: is e the caller's? */
inline isOf(e, yes)
{
	do
	:: atomic {
		own_ = owner[e];
		if
		:: own_ == id -> yes = true; break
		:: own_ == (id | DOUBT) -> skip
		:: else -> yes = false; break
		fi
	   }
	   swap(owner[e], own_, id, yes);
#ifdef BREAK_ISOF
	   /* Before commit a4f489c: one more look, instead of as many as it takes. */
	   if
	   :: yes -> skip
	   :: else -> yes = (owner[e] == id)
	   fi;
	   break
#else
	   if
	   :: yes -> break
	   :: else -> skip
	   fi
#endif
	od
}

/* array.find: e_ is the slot's content, NIL if the entry is not there. Without doubts the
 * slot and the owner are loaded in one step: no process but the caller makes the caller
 * the owner, and retire asserts that none takes that back. */
inline find_in(a, h)
{
	i_ = 0;
	do
#ifdef IN_DOUBT
	:: atomic { i_ < slots[a] -> e_ = SLOT(a, h + i_);
		if :: e_ == NIL -> break :: else -> skip fi };
	   isOf(e_ - 1, ok_);
	   if
	   :: ok_ -> break
	   :: else -> i_++
	   fi
#else
	:: atomic { i_ < slots[a] -> e_ = SLOT(a, h + i_);
		if :: e_ == NIL -> break :: else -> skip fi;
		if :: owner[e_-1] == id -> break :: else -> i_++ fi }
#endif
	:: atomic { i_ >= slots[a] -> e_ = NIL; break }
	od
}

/* array.findAll, with the recursion unfolded: the chain is followed to its end before a
 * slot is looked at, and the arrays are searched from there. */
inline findAll(a, h)
{
	k_ = 0; chain_[0] = a;
#ifdef BREAK_FIND_FORWARD
	/* Look here first, then go on to what is older. */
	do
	:: find_in(chain_[0], h);
	   if
	   :: e_ != NIL -> break
	   :: else -> atomic { chain_[0] = older[chain_[0]];
			if :: chain_[0] == NONE -> break :: else -> skip fi }
	   fi
	od
#else
	do
	:: atomic { older[chain_[k_]] != NONE -> chain_[k_+1] = older[chain_[k_]]; k_++ }
	:: atomic { older[chain_[k_]] == NONE -> break }
	od;
	do
	:: find_in(chain_[k_], h);
	   if
	   :: e_ != NIL || k_ == 0 -> break
	   :: else -> k_--
	   fi
	od
#endif
}

/* array.takeOver: e_ is the entry's slot content, NIL if there is none. */
inline takeOver_in(a, g, as)
{
	i_ = 0;
	do
	:: atomic { i_ < slots[a] -> e_ = SLOT(a, KEY(g) + i_);
		if :: e_ == NIL -> break :: else -> skip fi };
	   if
	   :: atomic { g_of[e_-1] == g -> own_ = owner[e_-1] };
	      if
	      :: own_ < CLAIMED ->
#ifdef NOREUSE
		swap(owner[e_-1], own_, GONE, ok_);
		if
		:: ok_ -> swap(SLOT(a, KEY(g) + i_), e_, TOMB, ok_)
		:: else -> skip
		fi;
		i_++
#else
		swap(owner[e_-1], own_, as, ok_);
		if
		:: ok_ -> break
		:: else -> i_++
		fi
#endif
	      :: else -> i_++
	      fi
	   :: atomic { g_of[e_-1] != g -> i_++ }
	   fi
	:: atomic { i_ >= slots[a] -> e_ = NIL; break }
	od
}

/* array.remove */
inline remove_in(a, h, e)
{
	i_ = 0;
	do
	:: atomic { i_ < slots[a] -> there_ = SLOT(a, h + i_);
		if :: there_ == NIL -> break :: else -> skip fi };
	   if
	   :: there_ == e -> swap(SLOT(a, h + i_), e, TOMB, ok_)
	   :: else -> skip
	   fi;
	   i_++
	:: atomic { i_ >= slots[a] -> break }
	od
}

/* full counts the slots of a shard that are taken, for assertions. */
#define IN_SHARD(sh, i) slot[((sh)/SHARDS)*MAXSLOTS + ((sh)%SHARDS)*SHARD + (i)]
#define TAKEN(sh, i) (IN_SHARD(sh, i) != NIL -> 1 : 0)
#define LIVING(x) ((x) != NIL && owner[((x) != NIL -> (x)-1 : 0)] != GONE -> 1 : 0)
#if SHARD == 2
#define FULL(sh) (TAKEN(sh, 0) + TAKEN(sh, 1))
#define ALIVE_IN(sh) (LIVING(IN_SHARD(sh, 0)) + LIVING(IN_SHARD(sh, 1)))
#else
#define FULL(sh) (TAKEN(sh, 0) + TAKEN(sh, 1) + TAKEN(sh, 2) + TAKEN(sh, 3))
#define ALIVE_IN(sh) (LIVING(IN_SHARD(sh, 0)) + LIVING(IN_SHARD(sh, 1)) + LIVING(IN_SHARD(sh, 2)) + LIVING(IN_SHARD(sh, 3)))
#endif

/* array.put: ok_, and at_ is the offset from h of the slot. */
inline put_in_array(a, h, e, isNew)
{
	at_ = 0;
	do
	:: atomic { at_ < slots[a] -> there_ = SLOT(a, h + at_) };
	   if
	   :: there_ == e -> ok_ = true; break
	   :: there_ == NIL ->
		s_ = SHARDOF(a, h + at_);
#ifdef BREAK_LIMIT
		/* Look whether there is room, and count afterwards. */
		if
		:: used[s_] >= LIMIT -> ok_ = false; break
		:: else -> skip
		fi;
		atomic { swap(SLOT(a, h + at_), NIL, e, ok_); assert(FULL(s_) <= LIMIT) };
		if
		:: ok_ -> used[s_]++; break
		:: else -> skip
		fi
#else
		atomic { used[s_]++; n_ = used[s_] };
		if
		:: n_ > LIMIT -> atomic { used[s_]--; ok_ = false; break }
		:: else -> skip
		fi;
		atomic { swap(SLOT(a, h + at_), NIL, e, ok_); assert(FULL(s_) <= LIMIT) };
		if
		:: ok_ -> break
		:: else -> used[s_]--
		fi
#endif
	   :: there_ == TOMB && isNew ->
		swap(SLOT(a, h + at_), TOMB, e, ok_);
		if
		:: ok_ -> break
		:: else -> skip
		fi
	   :: else -> at_++
	   fi
	:: atomic { at_ >= slots[a] -> ok_ = false; break }
	od
}

/* ---- table.go ------------------------------------------------------------------------ */

/* newArray and the CompareAndSwap that publishes it: Table.replace, Prepare. The array is
 * built by its maker alone, so that this is one step. */
inline replace(a, n)
{
	atomic {
		if
		:: newest == a ->
			if
			:: arrays == ARRAYS || n > MAXSLOTS -> goto end_too_large
			:: else -> skip
			fi;
			slots[arrays] = n;
			unmoved[arrays] = n/SHARD;
#ifdef BREAK_OLDER_LATE
			older[arrays] = NONE;
#else
			older[arrays] = a;
#endif
			newest = arrays;
			arrays++;
			swapped_ = true
		:: else -> swapped_ = false
		fi
	};
#ifdef BREAK_OLDER_LATE
	/* Publish the array first, and hang the older one behind it afterwards. */
	if
	:: swapped_ -> older[newest] = a
	:: else -> skip
	fi
#endif
}

/* Table.grow. How many entries of the shard are alive is a guess that chooses between two
 * sizes; here it is taken in one step. */
inline grow(a, h)
{
	if
	:: newest == a ->
		s_ = SHARDOF(a, h + at_);
		atomic {
			n_ = (ALIVE_IN(s_) > LIMIT/2 -> 2*slots[a] : slots[a])
		};
		replace(a, n_)
	:: else -> skip
	fi
}

/* Table.put and putIn. */
inline put(h, e, isNew)
{
	isNew_ = isNew;
	do
	:: a_ = newest;
	   put_in_array(a_, h, e, isNew_);
	   if
	   :: !ok_ -> grow(a_, h)
	   :: else ->
		isNew_ = false;
#ifdef BREAK_RECHECK
		break                   /* whatever the newest array is by now */
#else
		if
		:: newest == a_ -> break
		:: else -> skip
		fi
#endif
	   fi
	od
}

/* Table.move: copy the entries of shard s of a. */
inline move(a, s)
{
	if
	:: moved[(a)*SHARDS + s] -> skip
	:: else ->
		m_ = 0;
		do
		:: m_ < SHARD ->
			atomic { e_ = slot[(a)*MAXSLOTS + (s)*SHARD + m_]; m_++ };
			if
			:: e_ == NIL -> skip
			:: else ->
				own_ = owner[e_-1];
				if
				:: own_ == GONE -> skip
				:: else ->
					h_ = HASH(e_-1, certain(own_));
					put(h_, e_, false)
				fi
			fi
		:: else -> break
		od;
		swap(moved[(a)*SHARDS + s], false, true, ok_);
		if :: ok_ -> unmoved[a]-- :: else -> skip fi
	fi
}

/* Table.dropMoved */
inline dropMoved()
{
	do
	:: k_ = NONE;
	   b_ = newest;
	   do
	   :: atomic { older[b_] != NONE -> k_ = b_; b_ = older[b_] }
	   :: atomic { older[b_] == NONE -> break }
	   od;
	   if
	   :: k_ == NONE -> break
	   :: else ->
#ifdef BREAK_CUT
		skip                    /* do not ask whether everything has been moved */
#else
		if
		:: unmoved[b_] > 0 -> break
		:: else -> skip
		fi
#endif
	   fi;
	   swap(older[k_], b_, NONE, ok_)
	od
}

/* Table.moveOneShard. The cursor stops at the end, which makes no difference. */
inline moveOneShard()
{
	b_ = newest;
	do
	:: atomic { b_ = older[b_]; if :: b_ == NONE -> break :: else -> skip fi };
	   atomic {
		n_ = cursor[b_];
		if :: n_ < NSHARDS(b_) -> cursor[b_]++ :: else -> skip fi
	   };
	   if
	   :: n_ < NSHARDS(b_) -> k_ = n_; move(b_, k_); dropMoved(); break
	   :: else -> skip
	   fi
	od
}

/* Table.moveAll */
inline moveAll()
{
	k_ = 0; behind_[0] = newest;
	do
	:: atomic { older[behind_[k_]] != NONE -> behind_[k_+1] = older[behind_[k_]]; k_++ }
	:: atomic { older[behind_[k_]] == NONE -> break }
	od;
	do
	:: k_ > 0 ->
		b_ = 0;
		do
		:: b_ < NSHARDS(behind_[k_]) -> move(behind_[k_], b_); b_++
		:: else -> break
		od;
		swap(older[behind_[k_-1]], behind_[k_], NONE, ok_);
		k_--
	:: else -> break
	od
}

/* Table.whole: a is the table, NONE if there is none. */
inline whole(a)
{
	do
	:: a = newest;
	   if
	   :: a == NONE -> break
	   :: else -> skip
	   fi;
	   if
	   :: older[a] == NONE ->
		if
		:: newest == a -> break
		:: else -> skip
		fi
	   :: else -> skip
	   fi;
	   moveAll()
	od
}

/* Table.Find: e_ is the caller's, NIL if it has none. What the fast path at its start does
 * differently is that it does not resolve a doubt; findAll follows then. */
inline find()
{
	replaced = arrays;
	do
	:: a_ = newest;
	   if
	   :: a_ == NONE -> e_ = NIL; break
	   :: else -> skip
	   fi;
	   findAll(a_, CALLER);
	   if
	   :: e_ != NIL -> break
	   :: else -> skip
	   fi;
#ifdef BREAK_FIND_ONCE
	   break                        /* do not ask whether a_ is still the newest */
#else
	   atomic {
		if
		:: newest == a_ -> break
		:: else -> assert(arrays > replaced); replaced++ /* bounded: one more array each time */
		fi
	   }
#endif
	od
}

/* Table.TakeOver */
inline takeOver(as)
{
	e_ = NIL;
#ifndef NOG
	a_ = newest;
	do
	:: a_ == NONE -> break
	:: else ->
		takeOver_in(a_, me, as);
		if
		:: e_ != NIL -> break
		:: else -> a_ = older[a_]
		fi
	od
#endif
}

/* Table.arm: a sweep will follow; see sweeper. */
inline arm()
{
	if
	:: armed -> skip
	:: else -> armed = true         /* a failed CompareAndSwap finds it true, too */
	fi
}

/* Table.Insert, with Prepare */
inline insert(e)
{
	if
	:: newest == NONE -> replace(NONE, MINSLOTS)
	:: else -> skip
	fi;
#ifdef BREAK_ARM_FIRST
	arm();
#endif
	moveOneShard();
	put(CALLER, e, true);
#ifndef BREAK_ARM_FIRST
	arm()
#endif
}

/* Table.Remove */
inline remove(e)
{
	owner[e-1] = GONE;
	a_ = newest;
	do
	:: a_ == NONE -> break
	:: else -> remove_in(a_, CALLER, e); a_ = older[a_]
	od
}

/* ---- gls.Table ----------------------------------------------------------------------- */

/* Table.Load: v */
inline load()
{
	find();
	if
	:: e_ == NIL -> v = 0
	:: else -> v = value[e_-1]
	fi
}

/* Table.Store of x, which is id, or 0 for Table.Delete */
inline store(x)
{
	find();
	if
	:: e_ != NIL -> value[e_-1] = x
	:: e_ == NIL && x == 0 -> skip
	:: else ->
		takeOver(CLAIMED);
		if
		:: e_ != NIL ->
#ifdef BREAK_SETTLE
			owner[e_-1] = id;       /* Settle before the value is the new owner's */
			value[e_-1] = x
#else
			value[e_-1] = x;
			owner[e_-1] = id
#endif
		:: else ->
			atomic {
				assert(entries < ENTRIES);
				e_ = entries + 1; entries++;
				owner[e_-1] = id; value[e_-1] = x;
#ifndef NOG
				g_of[e_-1] = me
#endif
			};
			mine = e_;
			insert(mine)
		fi
	fi
}

/* ---- sweep.go ------------------------------------------------------------------------ */

/* Entry.retireIfDead and retireIfInDoubt: ok_ says whether the entry is gone.
 * Nothing of a goroutine that works is taken out: the assertions. */
#define LIVES_ON(o) ((o) < CLAIMED && working[certain(o)])
inline retire(e)
{
	own_ = owner[e];
#ifdef IN_DOUBT
	if
	:: own_ == GONE -> ok_ = true
	:: own_ >= CLAIMED -> ok_ = false
	:: own_ < DOUBT -> ok_ = false
	:: else ->
		if
		:: census[certain(own_)] -> swap(owner[e], own_, certain(own_), ok_); ok_ = false
		:: else -> atomic { swap(owner[e], own_, GONE, ok_); assert(!ok_ || !steady[certain(own_)]) }
		fi
	fi
#else
	if
	:: own_ == GONE -> ok_ = true
	:: own_ == CLAIMED -> ok_ = false
	:: else ->
		if
		:: working[own_] -> ok_ = false /* Census.Alive: false is final where a g shows it */
		:: else ->
#ifdef BREAK_RETIRE_STORE
			/* A store instead of a CompareAndSwap. */
			atomic { assert(!LIVES_ON(owner[e])); owner[e] = GONE; ok_ = true }
#else
			atomic { swap(owner[e], own_, GONE, ok_); assert(!ok_ || !working[own_]) }
#endif
		fi
	fi
#endif
}

/* Table.sweepBy: remaining */
inline sweepBy()
{
	live_ = 0; tombs_ = 0;
	whole(w);
	if
	:: w == NONE -> skip
	:: else ->
		j = 0;
		do
		:: j < slots[w] ->
			e_ = SLOT(w, j);
			if
			:: e_ == NIL -> skip
			:: e_ == TOMB -> tombs_++
			:: else ->
				retire(e_ - 1);
				if
				:: ok_ -> swap(SLOT(w, j), e_, TOMB, ok_); tombs_++
				:: else -> live_++
				fi
			fi;
			j++
		:: else -> break
		od;
		/* bestSize */
		n_ = MINSLOTS;
		do
		:: n_ < 2*live_ -> n_ = 2*n_
		:: else -> break
		od;
		if
		:: (n_ < slots[w] && 8*live_ < slots[w]) || 4*tombs_ > slots[w] ->
			replace(w, n_);
			if
			:: swapped_ -> moveAll()
			:: else -> skip
			fi
		:: else -> skip
		fi
	fi
}

/* Table.Sweep. What makes it run is the cleanup that arm attached. */
inline sweep()
{
#ifdef IN_DOUBT
	swap(doubting, false, true, ok_);
	if
	:: !ok_ -> live_ = 1            /* look again after the next collection */
	:: else ->
#ifdef BREAK_CENSUS_FIRST
		takeCensus();
#endif
		/* Range(doubt) */
		whole(w);
		if
		:: w == NONE -> skip
		:: else ->
			j = 0;
			do
			:: j < slots[w] ->
				e_ = SLOT(w, j);
				if
				:: e_ <= TOMB -> skip
				:: else ->
					own_ = owner[e_-1];
					if
					:: own_ < CLAIMED -> swap(owner[e_-1], own_, own_ | DOUBT, ok_)
					:: else -> skip
					fi
				fi;
				j++
			:: else -> break
			od
		fi;
#ifndef BREAK_CENSUS_FIRST
		takeCensus();
#endif
		sweepBy();
		doubting = false
	fi
#else
	sweepBy()
#endif
	;
	if
	:: live_ > 0 -> arm()
	:: else -> skip
	fi
}

/* A traceback of all goroutines stops the program. */
inline takeCensus()
{
	atomic {
		j = 0;
		do
		:: j < IDS -> census[j] = working[j]; j++
		:: else -> break
		od
	}
}

/* ---- Processes ----------------------------------------------------------------------- */

/* The goroutines of one g. Each begins with a load, which finds nothing, and a store,
 * chooses OPS operations, and ends with a load. It leaves its entry behind. */
#define LOAD 0
#define STORE 1
#define DELETE 2
#define REMOVING 3
#define AWAY 4
proctype goroutines(byte me)
{
	LOCALS;
	byte id, life, v, op, ops, replaced, mine;
	bool has;
	do
	:: life < (me == 1 -> LIVES : LAST) ->
		atomic { life++; id = (me-1)*LIVES + life; working[id] = true; ops = (life > 1 -> 0 : 1) };
		do
		:: ops <= OPS + 2 ->
			if
			:: ops == 0 || ops == OPS + 2 -> op = LOAD
			:: ops == 1 -> op = STORE
			:: ops > 1 && ops < OPS + 2 -> op = STORE
			:: ops > 1 && ops < OPS + 2 -> op = DELETE
#ifdef REMOVE
			:: ops > 1 && ops < OPS + 2 -> op = REMOVING
#endif
#ifdef IN_DOUBT
			:: ops > 1 && ops < OPS + 2 -> op = AWAY
#endif
			fi;
			ops++;
			if
			:: op == STORE || op == DELETE ->
				atomic { steady[id] = steady[id] && op == STORE; v = (op == STORE -> id : 0) };
				store(v);
				atomic { has = (op == STORE); steady[id] = (ops == 2 || steady[id]) && has }
#ifdef REMOVE
			:: op == REMOVING ->
				find();
				if
				:: e_ == NIL -> skip
				:: else -> atomic { has = false; steady[id] = false; mine = e_ }; remove(mine)
				fi
#endif
			:: op == LOAD || op == AWAY ->
#ifdef IN_DOUBT
				/* It goes where no census finds it, and comes back. It may have lost
				 * its value by then, but keeps what it finds from there on. */
				if
				:: op == AWAY -> atomic { working[id] = false; steady[id] = false }; working[id] = true
				:: else -> skip
				fi;
#endif
				load();
				atomic {
					assert(v == 0 || v == id);              /* never a stranger's */
					assert((v == id) == has || op == AWAY); /* and always its own */
					assert(has || v == 0);
					has = (v == id);
					steady[id] = steady[id] && has
				}
			fi;
			atomic { mine = 0; replaced = 0; v = 0; op = 0 };
			FORGET
		:: else -> break
		od;
		atomic { working[id] = false; steady[id] = false; has = false; id = 0; ops = 0 }
	:: else -> break
	od;
	goto done;
end_too_large:
	false;
done:	running--
}

/* gls.Table.All, once. */
proctype observer()
{
	LOCALS;
	byte w, j, v, id;
	bool seen[IDS], must[IDS];
#ifdef IN_DOUBT
	bool census[IDS];
#endif
	atomic {
		j = 1;
		do
		:: j < IDS -> must[j] = steady[j]; j++
		:: else -> break
		od
	};
	whole(w);
#ifdef IN_DOUBT
	takeCensus();   /* an earlier question of the same Census */
#endif
	if
	:: w == NONE -> skip
	:: else ->
		j = 0;
		do
		:: j < slots[w] ->
			e_ = SLOT(w, j);
			if
			:: e_ <= TOMB -> skip
			:: else ->
				id = certain(owner[e_-1]);
				v = value[e_-1];
#ifdef BREAK_ALL
				if                          /* do not load the owner again */
#else
				own_ = certain(owner[e_-1]);
				if
				:: own_ != id -> skip
#endif
				:: id >= CLAIMED || v == 0 -> skip
#ifdef BREAK_ALL
				:: else ->
#else
				:: own_ == id && id < CLAIMED && v != 0 ->
#endif
					if
#ifdef IN_DOUBT
					:: !census[id] -> skip      /* Census.Alive, from a traceback */
#else
					:: !working[id] -> skip     /* Census.Alive */
#endif
					:: else ->
						assert(v == id);        /* the value is of the goroutine that it names */
						assert(!seen[id]);      /* no goroutine twice */
						seen[id] = true
					fi
				fi
			fi;
			j++
		:: else -> break
		od
	fi;
	atomic {
		j = 1;
		do
		:: j < IDS -> assert(!(must[j] && steady[j]) || seen[j]); j++
		:: else -> break
		od;
		running--
	};
	goto done;
end_too_large:
	false;
done:	skip
}

byte sweeps;    /* that have begun */
byte sweeping;  /* that are in progress */

/* The cleanups that arm attached. Table.Sweep begins with armed.Store(false); when a
 * cleanup runs is the collector's choice, so that is one step. Once the goroutines have
 * ended the collector runs as often as it is asked to. */
proctype sweeper()
{
	LOCALS;
	byte w, j;
#ifdef IN_DOUBT
	bool census[IDS];
#endif
end_waits:
	do
	:: atomic { armed && (sweeps < SWEEPS || running == 0) ->
#ifndef BREAK_DISARM_LATE
		armed = false;
#endif
		if :: sweeps < SWEEPS -> sweeps++ :: else -> skip fi;
		sweeping++ };
	   sweep();
	   atomic { sweeping--;
#ifdef BREAK_DISARM_LATE
		if :: live_ == 0 -> armed = false :: else -> skip fi;
#endif
		w = 0; j = 0 };
	   FORGET
	:: atomic { running == 0 && sweeping == 0 && !armed -> break }
	od;
	goto done;
end_too_large:
	false;
done:	skip
}

init
{
	byte p, x, y, n;
	atomic {
		owner[0] = GONE;                /* the tombstone */
		p = 0;
		do :: p < ARRAYS -> older[p] = NONE; p++ :: else -> break od;
		running = GS + OBSERVERS;
		p = 1;
		do :: p <= GS -> run goroutines(p); p++ :: else -> break od;
		p = 0;
		do :: p < SWEEPERS -> run sweeper(); p++ :: else -> break od;
		p = 0;
		do :: p < OBSERVERS -> run observer(); p++ :: else -> break od
	};
	/* All goroutines have ended, and no sweep will come any more. */
end_waits:
	atomic { _nr_pr == 1 ->
		assert(!doubting);
		assert(newest != NONE && older[newest] == NONE);
		p = 0;
		do
		:: p < NSHARDS(newest) ->
			x = newest*SHARDS + p;
			assert(used[x] == FULL(x) && !moved[x]);
			p++
		:: else -> break
		od;
		p = 0;
		do
		:: p < slots[newest] ->
			x = slot[newest*MAXSLOTS + p];
			assert(x <= TOMB);          /* nothing is left behind */
			p++
		:: else -> break
		od
	}
}
