import{$ as e,H as t,I as n,K as r,L as i,R as a,T as o,U as s,V as c,W as l,X as u,Y as d,Z as f,j as p,k as m}from"./index-aE7f8jQ0.js";import"./conversation-DaImPoNI.js";import"./group-dialog-DQ-RVhQY.js";import"./page-header-34VwyHQ_.js";import{n as h}from"./rows-9IDOfwMn.js";var g=class extends c{constructor(...t){super(...t),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(t){this.problem=f(t,e.startErrors)}finally{this.busy=!1}}}static{this.styles=[i,a,h,u` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:t}=this;return d`
<causerie-page-header .heading=${e.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${t}
.label=${e.to}
.placeholder=${e.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??n(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${e.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?d`<p class="problem" role="alert">${this.problem}</p>`:``}
${t.me?d`<causerie-composer
.drafts=${o(t.me.id)}
.conversationId=${`new`}
.textBytesMax=${t.limits.textBytesMax??0}
busy
@keydown=${this.#r}
@click=${this.#i}
></causerie-composer>`:``}
<causerie-group-dialog
.client=${t}
@causerie-started=${({detail:e})=>this.#t(e.id)}
></causerie-group-dialog>
`}#e(){return d`${this.mayStartGroup?d`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${m}</i><span class="name">${e.newGroup}</span>
</button>`:``}
${this.mayStartNote?d`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${p}</i><span class="name">${e.noteToSelf}</span>
</button>`:``}`}#t(e){let t=o(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};t([l()],g.prototype,`problem`,void 0),t([l()],g.prototype,`busy`,void 0),t([l()],g.prototype,`mayStartGroup`,void 0),t([l()],g.prototype,`mayStartNote`,void 0),t([s(`causerie-user-picker`)],g.prototype,`picker`,void 0),t([s(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=t([r(`causerie-compose`)],g);export{g as Compose};