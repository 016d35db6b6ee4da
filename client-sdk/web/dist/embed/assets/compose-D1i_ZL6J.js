import{F as e,J as t,X as n,Z as r,et as i,ft as a,g as o,gt as s,it as c,j as l,nt as u,ot as d,pt as f,rt as p,tt as m,ut as h}from"./base-eeG3xdAI.js";import"./composer-D59eHoAx.js";import"./group-dialog-7c0-oK8I.js";import"./page-header-B4_Vg5Cg.js";var g=class extends m{constructor(...e){super(...e),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(e){this.problem=f(e,s.startErrors)}finally{this.busy=!1}}}static{this.styles=[n,r,i,a` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:e}=this;return h`
<causerie-page-header .heading=${s.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${e}
.label=${s.to}
.placeholder=${s.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??t(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${s.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?h`<p class="problem" role="alert">${this.problem}</p>`:``}
${e.me?h`<causerie-composer
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
`}#e(){return h`${this.mayStartGroup?h`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${l}</i><span class="name">${s.newGroup}</span>
</button>`:``}
${this.mayStartNote?h`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${e}</i><span class="name">${s.noteToSelf}</span>
</button>`:``}`}#t(e){let t=o(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};u([c()],g.prototype,`problem`,void 0),u([c()],g.prototype,`busy`,void 0),u([c()],g.prototype,`mayStartGroup`,void 0),u([c()],g.prototype,`mayStartNote`,void 0),u([p(`causerie-user-picker`)],g.prototype,`picker`,void 0),u([p(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=u([d(`causerie-compose`)],g);export{g as Compose};