import{$ as e,F as t,X as n,Y as r,at as i,dt as a,et as o,ft as s,g as c,ht as l,j as u,lt as d,nt as f,q as p,rt as m,tt as h}from"./base-BaZfI9-V.js";import"./composer-B005Ux0t.js";import"./group-dialog-CbVuH7ln.js";import"./page-header-BeEmyYB2.js";var g=class extends o{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=s(e,l.startErrors)}finally{this.busy=!1}}}static{this.styles=[r,n,e,a` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return d`
<causerie-page-header .heading=${l.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${l.to}
.placeholder=${l.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??p(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup}}
>
<span slot="label" class="label" aria-hidden="true">${l.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
<causerie-composer
.drafts=${c(e.me?.id??``)}
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
`}#e(){return d`${this.mayStartGroup?d`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${u}</i><span class="name">${l.newGroup}</span>
</button>`:``}
<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${t}</i><span class="name">${l.noteToSelf}</span>
</button>`}#t(e){let t=c(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};h([m()],g.prototype,`problem`,void 0),h([m()],g.prototype,`busy`,void 0),h([m()],g.prototype,`mayStartGroup`,void 0),h([f(`causerie-user-picker`)],g.prototype,`picker`,void 0),h([f(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=h([i(`causerie-compose`)],g);export{g as Compose};