import{A as e,B as t,F as n,G as r,H as i,I as a,J as o,L as s,O as c,Q as l,U as u,V as d,X as f,Y as p,w as m}from"./index-DnB8i7x1.js";import"./conversation-DU7gPpro.js";import"./group-dialog-BxEEakyt.js";import"./page-header-CpbgPduU.js";import{n as h}from"./row-styles-D_jo4lPF.js";var g=class extends t{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=f(e,l.startErrors)}finally{this.busy=!1}}}static{this.styles=[a,s,h,p` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return o`
<causerie-page-header .heading=${l.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${l.to}
.placeholder=${l.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??n(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${l.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?o`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.me?o`<causerie-composer
.drafts=${m(e.me.id)}
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
`}#e(){return o`${this.mayStartGroup?o`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${c}</i><span class="name">${l.newGroup}</span>
</button>`:``}
${this.mayStartNote?o`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${e}</i><span class="name">${l.noteToSelf}</span>
</button>`:``}`}#t(e){let t=m(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};d([u()],g.prototype,`problem`,void 0),d([u()],g.prototype,`busy`,void 0),d([u()],g.prototype,`mayStartGroup`,void 0),d([u()],g.prototype,`mayStartNote`,void 0),d([i(`causerie-user-picker`)],g.prototype,`picker`,void 0),d([i(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=d([r(`causerie-compose`)],g);export{g as Compose};