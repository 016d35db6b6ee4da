import{C as e,E as t,S as n,b as r,c as i,d as a,h as o,l as s,n as c,r as l,t as u,u as d,w as f,x as p}from"./index-Cu-VXfvD.js";function m(e){return e?.[t.locale]??e?.en??``}var h=class extends n{constructor(...e){super(...e),this.problem=`none`,this.#n=async()=>{this.problem=`none`;try{this.tenants=await l()}catch(e){this.problem=e instanceof u&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[a,s,d,f` :host{display:flex;flex-direction:column;height:100%;overflow-y:auto;background:var(--surface)}main{width:min(560px,100%);margin:auto;padding:40px 20px}main.several{width:min(1180px,100%)}.logo{width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--accent);color:var(--on-accent);margin-bottom:20px}.logo .icon{width:30px;height:30px}h1{font-size:1.75rem;font-weight:750;letter-spacing:-0.025em;line-height:1.2}main > p{margin:6px 0 24px}.several .tenants{columns:3 300px;column-gap:20px}section{break-inside:avoid;margin-bottom:20px;border:1px solid var(--border);border-radius:20px;background:var(--background);overflow:hidden}section header{padding:16px 20px 2px}h2{font-size:1.0625rem;font-weight:650}header p{margin-top:2px;font-size:0.875rem;text-wrap:pretty}ul{list-style:none;margin:0;padding:8px;--avatar-size:40px}a{display:flex;align-items:center;gap:14px;padding:8px 12px;border-radius:14px;color:inherit;text-decoration:none;transition:background 0.12s}a:hover{background:var(--hover)}a:focus-visible{outline-offset:-2px}.who{flex:1;min-width:0}.who > *{display:block;line-height:1.35}.name{font-weight:550;overflow-wrap:anywhere}.about{font-size:0.8125rem}`]}connectedCallback(){super.connectedCallback(),this.#n()}render(){return this.problem===`no-demo`?e`<main class="empty"><span class="badge">${o}</span>
        <h2>${t.noDemo}</h2><p>${t.noDemoHint}</p></main>`:this.problem===`failed`?e`<main class="empty" role="alert"><h2>${t.loadFailed}</h2>
        <button class="button" @click=${this.#n}>${t.tryAgain}</button></main>`:e`<main class=${(this.tenants?.length??0)>1?`several`:``}>
      <div class="logo">${o}</div>
      <h1>${t.choosePerson}</h1>
      <p class="muted">${t.choosePersonHint}</p>
      ${this.tenants?e`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:e`<div role="status"><span class="spinner"></span><span class="visually-hidden">${t.loading}</span></div>`}
    </main>`}#e({slug:t,name:n,about:r,people:i}){return e`<section aria-labelledby=${t}>
      <header>
        <h2 id=${t}>${m(n)}</h2>
        <p class="muted">${m(r)}</p>
      </header>
      <ul>
        ${i.map(n=>e`<li>${this.#t(t,n)}</li>`)}
      </ul>
    </section>`}#t(t,{externalId:n,name:r,about:i}){return e`<a href=${c({tenant:t,externalId:n},location.href)} target="_blank" rel="noopener">
      <causerie-avatar .name=${r} .key=${n}></causerie-avatar>
      <span class="who">
        <span class="name">${r}</span>
        ${m(i)?e`<span class="about muted">${m(i)}</span>`:``}
      </span>
    </a>`}#n};i([r()],h.prototype,`tenants`,void 0),i([r()],h.prototype,`problem`,void 0),h=i([p(`causerie-people-chooser`)],h);export{h as PeopleChooser};