import{E as e,H as t,I as n,K as r,L as i,O as a,R as o,S as s,U as c,V as l,W as u,X as d,Y as f,Z as p,et as m}from"./base-CNZ58isy.js";import"./conversation-Xq9yJsMB.js";import"./group-dialog-VS-ORLs_.js";import"./page-header-7eTfRMFq.js";import{n as h}from"./rows-B58Q8--_.js";var g=class extends l{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=p(e,m.startErrors)}finally{this.busy=!1}}}static{this.styles=[i,o,h,d` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return f`
<causerie-page-header .heading=${m.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${m.to}
.placeholder=${m.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??n(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${m.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?f`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.me?f`<causerie-composer
.drafts=${s(e.me.id)}
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
<i class="circle">${e}</i><span class="name">${m.newGroup}</span>
</button>`:``}
${this.mayStartNote?f`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${a}</i><span class="name">${m.noteToSelf}</span>
</button>`:``}`}#t(e){let t=s(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};t([u()],g.prototype,`problem`,void 0),t([u()],g.prototype,`busy`,void 0),t([u()],g.prototype,`mayStartGroup`,void 0),t([u()],g.prototype,`mayStartNote`,void 0),t([c(`causerie-user-picker`)],g.prototype,`picker`,void 0),t([c(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=t([r(`causerie-compose`)],g);export{g as Compose};