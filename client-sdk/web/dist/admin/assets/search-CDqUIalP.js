import{S as e,r as t}from"./index-VKHV2w1J.js";import{t as n}from"./live-C55_7712.js";var r=250,i=0,a;function o(o,s,c){let l=e=>{e.isConnected&&c(e.value.trim())},u=e`<input
class="field"
id="search"
type="search"
autocomplete="off"
spellcheck="false"
dir="auto"
maxlength="120"
.value=${n(a?.isConnected?a.value:s)}
@input=${e=>{a=e.currentTarget,clearTimeout(i),i=window.setTimeout(l,r,a)}}
@keydown=${e=>{e.key===`Enter`&&(clearTimeout(i),l(e.currentTarget))}}
@blur=${()=>{a=void 0}}
/>`;return t(`search`,o,u,{box:`grow`})}export{o as t};