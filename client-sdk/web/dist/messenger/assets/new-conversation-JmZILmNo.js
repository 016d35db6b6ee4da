import{C as e,E as t,T as n,_ as r,a as i,b as a,c as o,f as s,g as c,i as l,l as u,m as d,o as f,p,s as m,v as h,w as g,x as _,y as v}from"./index-Cu-VXfvD.js";var y=g` .head{display:flex;align-items:center;gap:6px;padding:14px 12px 8px 20px}.head.deep{padding-inline-start:10px}.head h2{flex:1}.fields{display:grid;grid-template-columns:minmax(0,1fr);gap:8px;padding:4px 20px 10px}.chips{display:flex;flex-wrap:wrap;gap:6px}.chip{display:inline-flex;align-items:center;gap:4px;min-height:30px;max-width:100%;padding:0 6px 0 12px;border-radius:15px;background:var(--accent-soft);font-size:0.875rem}.chip .icon{flex:none;width:16px;height:16px}.results{flex:1;min-height:260px;overflow-y:auto;scrollbar-width:thin;padding:0 8px 12px;--avatar-size:40px}.results ul{list-style:none;margin:0;padding:0}.person{width:100%;display:flex;align-items:center;gap:12px;padding:8px 12px;border-radius:12px;text-align:start}.row{display:flex;align-items:center;gap:8px}.row .person{flex:1;min-width:0}.row .button{flex:none;margin-inline-end:12px}.person:hover:not(:disabled){background:var(--hover)}.person:focus-visible{outline-offset:-2px}.person > span{flex:1;min-width:0}.name{display:block;font-weight:550}.box{flex:none;width:22px;height:22px;border-radius:50%;border:2px solid var(--border);display:grid;place-items:center}[aria-pressed="true"] .box{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}.box .icon{width:14px;height:14px;stroke-width:3}[aria-pressed="false"] .box .icon{display:none}.circle{width:40px;height:40px;display:grid;place-items:center;border-radius:50%;background:var(--accent-soft);color:var(--accent)}.closed{font-size:0.8125rem}.hint{display:grid;gap:6px;padding:24px 16px;text-align:center;text-wrap:pretty}.foot{display:flex;align-items:center;justify-content:space-between;gap:12px;padding:12px 20px;border-top:1px solid var(--border)}.problem{padding:0 20px 10px;color:var(--danger);font-size:0.875rem}`,b=150,x=class extends m{constructor(...e){super(...e),this.query=``,this.mayStartGroup=!1,this.asked=new Set,this.group=!1,this.subject=``,this.chosen=[],this.busy=!1,this.problem=``,this.drawnAfter=[],this.#t=0}#e;#t;static{this.styles=[u,f,y]}show(){this.query=this.subject=this.problem=``,this.found=void 0,this.chosen=[],this.asked=new Set,this.group=this.busy=!1,this.dialog.showModal(),this.#u(),this.#d()}render(){return e`<dialog aria-labelledby="heading">
      <div class="head ${this.group?`deep`:``}">
        ${this.group?e`<button class="icon-button" aria-label=${t.newConversation} title=${t.newConversation} @click=${()=>this.#s(!1)}>
              ${d}
            </button>`:``}
        <h2 id="heading">${this.group?t.newGroup:t.newConversation}</h2>
        <button class="icon-button" aria-label=${t.close} title=${t.close} @click=${()=>this.dialog.close()}>${r}</button>
      </div>
      <div class="fields">
        ${this.group?this.#a():``}
        <input
          class="field search"
          type="search"
          autofocus
          autocomplete="off"
          aria-label=${t.searchPeople}
          placeholder=${t.searchPeople}
          .value=${i(this.query)}
          @input=${this.#l}
        />
      </div>
      ${this.problem?e`<p class="problem" role="alert">${this.problem}</p>`:``}
      <div class="results">
        ${this.group||this.query?``:this.#n()}
        <div aria-live="polite">${this.#r()}</div>
      </div>
      ${this.group?this.#o():``}
    </dialog>`}#n(){return e`${this.mayStartGroup?e`<button class="person" @click=${()=>this.#s(!0)}>
          <i class="circle">${h}</i><span class="name">${t.newGroup}</span>
        </button>`:``}
      <button class="person" ?disabled=${this.busy} @click=${()=>this.#m(()=>this.client.startNoteToSelf())}>
        <causerie-avatar kind="note" .key=${this.client.me?s(this.client.me):``}></causerie-avatar><span class="name">${t.noteToSelf}</span>
      </button>`}#r(){if(!this.found)return e`<p class="hint muted">${t.loading}</p>`;let n=this.group?this.found.filter(({can:e})=>e.has(`start`)):this.found;if(!n.length){let n=this.query.trim()?t.nobodyFound:t.nobodyToWriteTo;return this.problem?``:e`<div class="hint"><p>${n}</p><p class="muted">${t.onlyReachable}</p></div>`}return e`<ul>
      ${n.map(t=>e`<li>${this.#i(t)}</li>`)}
    </ul>`}#i({user:n,can:r,conversationId:i,mayRequest:a}){let o=p(n),u=e`<causerie-avatar .name=${o} .key=${s(n)}></causerie-avatar>`;if(!this.group){let s=r.has(`start`)||i!==void 0,c=()=>{s?this.#p(i??l(n.id)):this.#m(()=>this.client.startDirect({id:n.id}),t.startErrors)},[d]=a,f=this.asked.has(n.id)?t.requestSent:d?t.onRequest:t.notStartable;return e`<div class="row">
        <button class="person" ?disabled=${this.busy} @click=${c}>
          ${u}
          <span>
            <span class="name clip">${o}</span>
            ${s?``:e`<span class="closed muted">${f}</span>`}
          </span>
        </button>
        ${s||d===void 0?``:e`<button class="button" ?disabled=${this.busy} aria-label=${t.sendRequestTo(o)} @click=${()=>this.#f(d,n)}>
              ${t.sendRequest}
            </button>`}
      </div>`}let d=this.chosen.some(({id:e})=>e===n.id);return e`<button class="person" aria-pressed=${d?`true`:`false`} @click=${()=>this.#c(n)}>
      ${u}<span class="name clip">${o}</span><i class="box">${c}</i>
    </button>`}#a(){return e`<input
        class="field subject"
        autocomplete="off"
        aria-label=${t.groupName}
        placeholder=${t.groupName}
        .value=${i(this.subject)}
        @input=${e=>{this.subject=e.target.value}}
      />
      ${this.chosen.length?e`<div class="chips">
            ${this.chosen.map(n=>{let i=p(n);return e`<button class="chip" aria-label=${t.remove(i)} @click=${()=>this.#c(n)}>
                <span class="clip">${i}</span>${r}
              </button>`})}
          </div>`:``}`}#o(){let n=this.chosen.length>0&&this.subject.trim()!==``&&!this.busy,r=()=>this.client.startGroup(this.subject.trim(),this.chosen.map(({id:e})=>({id:e}))),i={...t.startErrors,...t.startGroupErrors};return e`<div class="foot">
      <span class="muted">${t.selected(this.chosen.length)}</span>
      <button class="button primary" ?disabled=${!n} @click=${()=>this.#m(r,i)}>${t.createGroup}</button>
    </div>`}#s(e){this.group=e,this.problem=``}#c(e){let t=this.chosen.filter(({id:t})=>t!==e.id);this.chosen=t.length<this.chosen.length?t:[...this.chosen,e]}#l(e){this.query=e.target.value,clearTimeout(this.#e),this.#e=setTimeout(()=>void this.#u(),b)}async#u(){let e=++this.#t;try{let{items:t,mayStartGroup:n}=await this.client.searchDirectory(this.query.trim(),50);if(e!==this.#t)return;let r=this.client.me?.id;this.mayStartGroup=n,this.found=t.filter(e=>e.user!==void 0&&e.user.id!==r),this.problem=``}catch(t){if(e!==this.#t)return;this.found=[],this.problem=n(t)}}async#d(){try{let{items:e}=await this.client.relations(),t=e.filter(({state:e,direction:t})=>e===`pending`&&t===`outgoing`);this.asked=new Set([...this.asked,...t.map(({user:e})=>e.id)])}catch{}}async#f(e,t){this.busy=!0,this.problem=``;try{await this.client.relate(e,{id:t.id}),this.asked=new Set([...this.asked,t.id]),await this.#u()}catch(e){this.problem=n(e)}finally{this.busy=!1}}#p(e){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-open`,{detail:e,bubbles:!0,composed:!0}))}async#m(e,t={}){this.busy=!0,this.problem=``;try{this.#p((await e()).id)}catch(e){this.problem=n(e,t)}finally{this.busy=!1}}};o([a()],x.prototype,`query`,void 0),o([a()],x.prototype,`found`,void 0),o([a()],x.prototype,`mayStartGroup`,void 0),o([a()],x.prototype,`asked`,void 0),o([a()],x.prototype,`group`,void 0),o([a()],x.prototype,`subject`,void 0),o([a()],x.prototype,`chosen`,void 0),o([a()],x.prototype,`busy`,void 0),o([a()],x.prototype,`problem`,void 0),o([v(`dialog`)],x.prototype,`dialog`,void 0),x=o([_(`causerie-new-conversation`)],x);export{x as NewConversation};