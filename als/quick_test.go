package als
import ("testing";"context";"net/http";"sync";"net/http/httptest")
func TestQuick(t *testing.T){
 var s Storage[string]; var n Storage[int]; var e Storage[error]; var p Storage[*int]; var big Storage[[8]int]
 x:=7
 s.Run("a", func(){ n.Run(3, func(){ e.Run(context.Canceled, func(){ p.Run(&x, func(){ big.Run([8]int{1,2}, func(){
  if s.Get()!="a"||n.Get()!=3||e.Get()!=context.Canceled||p.Get()!=&x||big.Get()!=[8]int{1,2} {t.Fatal("x")}
  var wg sync.WaitGroup; wg.Add(1)
  Go(func(){ defer wg.Done();   if s.Get()!="a"||n.Get()!=3||e.Get()!=context.Canceled||p.Get()!=&x||big.Get()!=[8]int{1,2} {panic("x")}
   s.Run("b", func(){ if s.Get()!="b"||n.Get()!=3 {panic(1)} })
   if s.Get()!="a" {panic(2)}
  }); wg.Wait()
  })})})})})
 if _,ok:=s.GetStore(); ok {t.Fatal()}
 var h http.HandlerFunc
 s.Run("h", func(){ h = Bind(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request){ w.Write([]byte(s.Get()+r.URL.Path)) })) })
 w:=httptest.NewRecorder(); h(w, httptest.NewRequest("GET","/x",nil)); if w.Body.String()!="h/x" {t.Fatal(w.Body.String())}
 a:=s.WithScope("1"); b:=s.WithScope("2"); a.End(); if s.Get()!="2" {t.Fatal()}; b.End(); if _,ok:=s.GetStore();ok {t.Fatal()}
 f:= Bind(func(a ...int) (int,string) { return len(a), s.Get() }); if x,_:=f(1,2,3); x!=3 {t.Fatal()}
 r:=New(Options[string]{RevokeOnEnd:true, Default:"d"}); var ec ExecutionContext
 r.Run("sec", func(){ ec=Snapshot(); if r.Get()!="sec" {t.Fatal()}; ec.Run(func(){ if r.Get()!="sec" {t.Fatal()}}) })
 ec.Run(func(){ if v,ok:=r.GetStore(); ok||v!="d" {t.Fatal(v)}})
}
