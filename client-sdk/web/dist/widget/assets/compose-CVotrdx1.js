import{C as e,D as t,E as n,J as r,Q as i,T as a,_ as o,b as s,ct as c,dt as l,k as u,mt as d,p as f,ut as p,w as m,y as h}from"./base-DqcMDlV7.js";import"./composer-CGflJw2N.js";import"./group-dialog-BB-hWB05.js";import"./page-header-DKtOdCQh.js";var g=class extends m{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=l(e,d.startErrors)}finally{this.busy=!1}}}static{this.styles=[h,s,e,p` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return c`
<causerie-page-header .heading=${d.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${d.to}
.placeholder=${d.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??f(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup}}
>
<span slot="label" class="label" aria-hidden="true">${d.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?c`<p class="problem" role="alert">${this.problem}</p>`:``}
<causerie-composer
.drafts=${o(e.me?.id??``)}
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
<i class="circle">${r}</i><span class="name">${d.newGroup}</span>
</button>`:``}
<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${i}</i><span class="name">${d.noteToSelf}</span>
</button>`}#t(e){let t=o(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};a([t()],g.prototype,`problem`,void 0),a([t()],g.prototype,`busy`,void 0),a([t()],g.prototype,`mayStartGroup`,void 0),a([n(`causerie-user-picker`)],g.prototype,`picker`,void 0),a([n(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=a([u(`causerie-compose`)],g);export{g as Compose};