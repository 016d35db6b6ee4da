import{$ as e,L as t,Q as n,S as r,V as i,X as a,at as o,ct as s,dt as c,ft as l,ht as u,it as d,nt as f,ot as p,pt as m,rt as h}from"./index-CLabfEX0.js";import"./composer-pGf8cjYD.js";import"./group-dialog-CcS6QV1k.js";import"./page-header-Cfe7op4N.js";var g=class extends h{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=m(e,u.startErrors)}finally{this.busy=!1}}}static{this.styles=[n,e,f,l` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return c`
<causerie-page-header .heading=${u.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${u.to}
.placeholder=${u.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??a(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup}}
>
<span slot="label" class="label" aria-hidden="true">${u.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?c`<p class="problem" role="alert">${this.problem}</p>`:``}
<causerie-composer
.drafts=${r(e.me?.id??``)}
.conversationId=${`new`}
.textBytesMax=${e.limits.textBytesMax??0}
busy
@keydown=${this.#r}
@click=${this.#i}
></causerie-composer>
<causerie-group-dialog
.client=${e}
@causerie-started=${({detail:e})=>this.#t(e.id)}
></causerie-group-dialog>
`}#e(){return c`${this.mayStartGroup?c`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${t}</i><span class="name">${u.newGroup}</span>
</button>`:``}
<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${i}</i><span class="name">${u.noteToSelf}</span>
</button>`}#t(e){let t=r(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};d([p()],g.prototype,`problem`,void 0),d([p()],g.prototype,`busy`,void 0),d([p()],g.prototype,`mayStartGroup`,void 0),d([o(`causerie-user-picker`)],g.prototype,`picker`,void 0),d([o(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=d([s(`causerie-compose`)],g);export{g as Compose};