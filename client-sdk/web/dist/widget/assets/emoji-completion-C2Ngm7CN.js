import{$ as e,J as t}from"./base-Reduinh7.js";var n=/(?<=^|[\s(])(:([\p{L}\p{N}_+-]{2,30})(:?))$/u,r=6;async function i(){return(await import(`./emoji-index-WG2RFCTm.js`)).loadIndex()}var a=class{#e;#t;constructor(e,t,n){this.host=e,this.field=t,this.changed=n,this.offered=[],this.selected=0,this.#e=``,this.#t=``}async update(){let[,e=``,t=``,a=``]=n.exec(this.#n())??[];if(this.#e=e,e.startsWith(this.#t)||(this.#t=``),!e||this.#t)return this.#r([]);try{let n=await i();if(this.#e!==e)return;let o=a&&n.byName(t);o?this.choose(o):this.#r(a?[]:n.search(t,r))}catch{}}key({key:e,shiftKey:t}){let{offered:n,selected:r}=this,i=n[r];if(!i||t)return!1;let a={ArrowDown:1,ArrowUp:-1}[e];if(a)this.selected=(r+a+n.length)%n.length;else if(e===`Enter`||e===`Tab`)this.choose(i);else if(e===`Escape`)this.close();else return!1;return this.host.requestUpdate(),!0}render(){return t`<ul class="offered" id="offered" role="listbox" aria-label=${e.emoji}>
${this.offered.map((e,n)=>t`<li
role="option"
id="emoji-${n}"
aria-selected=${n===this.selected?`true`:`false`}
@mousedown=${e=>e.preventDefault()}
@click=${()=>this.choose(e)}
>
<span class="character">${e.character}</span><span class="clip">${e.name}</span>
</li>`)}
</ul>`}choose(e){let t=this.field();if(!t)return;let n=t.selectionStart;t.setRangeText(`${e.character} `,n-this.#e.length,n,`end`),this.#r([]),this.changed()}close(){this.#t=this.#e,this.#r([])}#n(){let e=this.field();return!e||e.selectionStart!==e.selectionEnd?``:e.value.slice(Math.max(e.selectionStart-40,0),e.selectionStart)}#r(e){(e.length||this.offered.length)&&(this.offered=e,this.selected=0,this.host.requestUpdate())}};export{a as EmojiCompletion};