import{$ as e,B as t,D as n,F as r,G as i,H as a,I as o,J as s,L as c,T as l,U as u,V as d,X as f,Y as p,x as m}from"./base-ChZsZa2p.js";import"./conversation-DiOG5m2d.js";import"./group-dialog-_uQEkLLJ.js";import"./page-header-CPfgknVA.js";import{n as h}from"./row-styles-C_W_HJAw.js";var g=class extends t{constructor(...t){super(...t),this.problem=``,this.busy=!1,this.mayStartGroup=!1,this.mayStartNote=!1,this.updateEvents=[`state`],this.#n=async()=>{this.busy=!0,this.problem=``;try{this.#t((await this.client.startNoteToSelf()).id)}catch(t){this.problem=f(t,e.startErrors)}finally{this.busy=!1}}}static{this.styles=[o,c,h,p` causerie-user-picker{flex:1;width:100%;max-width:900px;margin-inline:auto;padding-top:12px}.label{color:var(--muted)}.shortcut{width:100%;gap:12px;min-height:56px;border-radius:12px;text-align:start}.circle{flex:none;width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}`]}focusComposer(){return this.focusHeading()}async focusHeading(){await this.updateComplete,await this.picker.focusField()}render(){let{client:t}=this;return s`
<causerie-page-header .heading=${e.newConversation}></causerie-page-header>
<causerie-user-picker
.client=${t}
.label=${e.to}
.placeholder=${e.searchUsers}
@causerie-pick=${({detail:e})=>this.#t(e.conversationId??r(e.user.id))}
@causerie-searched=${()=>{this.mayStartGroup=this.picker.mayStartGroup,this.mayStartNote=this.picker.mayStartNote}}
>
<span slot="label" class="label" aria-hidden="true">${e.toLabel}</span>
<div slot="shortcuts">${this.#e()}</div>
</causerie-user-picker>
${this.problem?s`<p class="problem" role="alert">${this.problem}</p>`:``}
${t.me?s`<causerie-composer
.drafts=${m(t.me.id)}
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
`}#e(){return s`${this.mayStartGroup?s`<button class="user shortcut" @click=${()=>this.groupDialog.show()}>
<i class="circle">${l}</i><span class="name">${e.newGroup}</span>
</button>`:``}
${this.mayStartNote?s`<button class="user shortcut" ?disabled=${this.busy} @click=${this.#n}>
<i class="circle">${n}</i><span class="name">${e.noteToSelf}</span>
</button>`:``}`}#t(e){let t=m(this.client.me?.id??``);t.get(e).text||t.move(`new`,e),this.dispatchEvent(new CustomEvent(`causerie-redirect`,{detail:e}))}#n;#r(e){e.key===`Enter`&&!e.shiftKey&&!e.isComposing&&this.picker.focusField()}#i(e){e.composedPath().some(e=>e instanceof HTMLButtonElement)&&setTimeout(()=>void this.picker.focusField())}};d([u()],g.prototype,`problem`,void 0),d([u()],g.prototype,`busy`,void 0),d([u()],g.prototype,`mayStartGroup`,void 0),d([u()],g.prototype,`mayStartNote`,void 0),d([a(`causerie-user-picker`)],g.prototype,`picker`,void 0),d([a(`causerie-group-dialog`)],g.prototype,`groupDialog`,void 0),g=d([i(`causerie-compose`)],g);export{g as Compose};