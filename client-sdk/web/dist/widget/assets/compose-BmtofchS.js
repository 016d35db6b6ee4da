import{A as e,D as t,E as n,J as r,N as i,Q as a,S as o,T as s,U as c,V as l,Y as u,j as d,q as f,v as p,w as m}from"./base-BsNUvOP0.js";import"./conversation-Cpt6OSxw.js";import"./group-dialog-D3SCyzLA.js";import"./page-header-D7zAeb_S.js";import{n as h}from"./row-styles-CLm_7buF.js";var g=class extends m{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=u(e,a.startErrors)}finally{this.busy=!1}}}static{this.styles=[n,t,h,r` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return f`
<causerie-page-header .heading=${a.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${a.to}
.placeholder=${a.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??p(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${a.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?f`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.me?f`<causerie-composer
.drafts=${o(e.me.id)}
.conversationId=${`new`}
.textBytesMax=${e.limits.textBytesMax??0}
busy
@keydown=${this.#r}
@click=${this.#i}
></causerie-composer>`:``}
<causerie-group-dialog
.client=${e}
@causerie-started=${({detail:e})=>this.#t(e.id)}
></causerie-group-dialog>
`}#e(){return f`${this.mayStartGroup?f`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${l}</i><span class="name">${a.newGroup}</span>
</button>`:``}
${this.mayStartNote?f`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${c}</i><span class="name">${a.noteToSelf}</span>
</button>`:``}`}#t(e){let t=o(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};s([d()],g.prototype,`problem`,void 0),s([d()],g.prototype,`busy`,void 0),s([d()],g.prototype,`mayStartGroup`,void 0),s([d()],g.prototype,`mayStartNote`,void 0),s([e(`causerie-user-picker`)],g.prototype,`picker`,void 0),s([e(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=s([i(`causerie-compose`)],g);export{g as Compose};